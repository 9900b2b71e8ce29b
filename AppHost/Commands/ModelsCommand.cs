using AppHost.Authentication;
using AppHost.Replicas;
using Microsoft.Extensions.Logging;

namespace AppHost.Commands;

/// <summary>A dashboard command on each model server: what it serves, asked of the replica itself.</summary>
internal static class ModelsCommand
{
    public static IResourceBuilder<ProjectResource> WithModelsCommand(this IResourceBuilder<ProjectResource> modelServer, TokenTrust tokens)
        => modelServer.WithCommand("models", "Show models", context => ShowAsync(modelServer, tokens, context), new CommandOptions
        {
            Description = "Lists the models of this replica with their states in its log.",
            IconName = "BrainCircuit",
        });

    private static async Task<ExecuteCommandResult> ShowAsync(IResourceBuilder<ProjectResource> modelServer, TokenTrust tokens, ExecuteCommandContext context)
    {
        using var models = new ReplicaModels(tokens);
        if (await models.AskAsync(modelServer.GetEndpoint("http").Url, context.CancellationToken) is not { } states) return CommandResults.Failure("The replica did not answer.");
        foreach (var model in states) context.Logger.LogInformation("{Model} {State}", model.Reference, model.Words);
        return CommandResults.Success();
    }
}
