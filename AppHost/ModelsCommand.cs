using System.Net.Http.Headers;
using System.Text.Json;
using AppHost.Authentication;
using Microsoft.Extensions.Logging;

namespace AppHost;

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
        var token = await tokens.IssueAsync(new() { Subject = "dashboard", Scope = "models:read", Hours = 0.1 }, context.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(modelServer.GetEndpoint("http").Url), Timeout = TimeSpan.FromSeconds(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var list = JsonDocument.Parse(await http.GetStringAsync("/v1/models", context.CancellationToken));
            var lines = list.RootElement.GetProperty("data").EnumerateArray().SelectMany(Describe).ToArray();
            foreach (var line in lines) context.Logger.LogInformation("{Model}", line);
            return CommandResults.Success();
        }
        catch (HttpRequestException e)
        {
            return CommandResults.Failure($"The replica did not answer: {e.HttpRequestError}.");
        }
    }

    private static IEnumerable<string> Describe(JsonElement model)
        => model.GetProperty("versions").EnumerateArray().Select(v => $"{model.GetProperty("id")}:{v.GetProperty("version")} {v.GetProperty("state")}");
}
