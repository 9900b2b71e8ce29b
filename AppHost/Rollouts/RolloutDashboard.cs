using System.Globalization;
using AppHost.Authentication;
using Microsoft.Extensions.Logging;

namespace AppHost.Rollouts;

/// <summary>Dashboard commands on the gateway: what <c>./model</c> does, with the versions that there are to choose from.</summary>
internal static class RolloutDashboard
{
    private const string Version = "version";
    private const string Model = "model";
    private const string Percent = "percent";
    private const string Force = "force";

    public static IResourceBuilder<ProjectResource> WithRolloutCommands(this IResourceBuilder<ProjectResource> gateway, TokenTrust tokens)
    {
        if (gateway.ApplicationBuilder.ExecutionContext.IsPublishMode) return gateway;
        return gateway
            .WithCommand("model-list", "Show models", context => ShowAsync(gateway, tokens, context), Options("BrainCircuit", "Lists the versions of all models on all replicas."))
            .WithChange(tokens, "load", "Load a version", "ArrowDownload", "Loads a version on every replica; what answers stays as it is.", Versions(gateway, tokens))
            .WithChange(tokens, "activate", "Activate a version", "ArrowSwap", "Loads a version on every replica and then lets it answer for the model's name.", Versions(gateway, tokens))
            .WithChange(tokens, "canary", "Start a canary", "Beaker", "Lets a version answer a part of the callers.", Versions(gateway, tokens), PartOfCallers())
            .WithChange(tokens, "shadow", "Start a shadow", "Eye", "Lets a version answer beside the active one; its answers are compared, not returned.", Versions(gateway, tokens))
            .WithChange(tokens, "rollback", "Roll back", "ArrowUndo", "Goes back to the version that was active before, or ends what is being tried.", Models(gateway, tokens))
            .WithChange(tokens, "unload", "Unload a version", "ArrowEject", "Frees a version on every replica, after the requests that use it.", Versions(gateway, tokens), Forced());
    }

    /// <summary>Reads what was filled in.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    internal static ModelChange Read(string action, InteractionInputCollection inputs)
    {
        if (action == "rollback") return new(action, new RolloutArguments { Words = [Text(inputs, Model)] }.Model(), null);
        var (model, version) = new RolloutArguments { Words = [Text(inputs, Version)] }.ModelAndVersion();
        return new(action, model, version, inputs.ContainsName(Percent) ? inputs.GetDouble(Percent) : null, inputs.ContainsName(Force) && inputs.GetBoolean(Force) == true);
    }

    private static IResourceBuilder<ProjectResource> WithChange(
        this IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, string action, string name, string icon, string description, params InteractionInput[] inputs)
        => gateway.WithCommand($"model-{action}", name, context => ChangeAsync(gateway, tokens, action, context), Options(icon, description, inputs));

    private static CommandOptions Options(string icon, string description, params InteractionInput[] inputs) => new() { Description = description, IconName = icon, Arguments = inputs };

    private static async Task<ExecuteCommandResult> ShowAsync(IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, ExecuteCommandContext context)
    {
        try
        {
            using var api = await OpenAsync(gateway, tokens, context.CancellationToken);
            var table = string.Join(Environment.NewLine, CardTable.Of((await api.ListAsync(context.CancellationToken)).Value.Data));
            context.Logger.LogInformation("{Models}", table);
            return CommandResults.Success("The models of all replicas.", table, CommandResultFormat.Text, displayImmediately: true);
        }
        catch (AdminException e)
        {
            return CommandResults.Failure(e.Message);
        }
    }

    private static async Task<ExecuteCommandResult> ChangeAsync(IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, string action, ExecuteCommandContext context)
    {
        try
        {
            var change = Read(action, context.Arguments);
            using var api = await OpenAsync(gateway, tokens, context.CancellationToken);
            var last = "";
            var (_, failure) = await new ChangeProgress(api, TimeProvider.System, Say).RunAsync(change, waits: true, context.CancellationToken);
            return failure is null ? CommandResults.Success(last) : CommandResults.Failure(failure);

            void Say(string line)
            {
                last = line;
                context.Logger.LogInformation("{Change}", line);
            }
        }
        catch (Exception e) when (e is AdminException or ArgumentException)
        {
            return CommandResults.Failure(e.Message);
        }
    }

    private static async Task<AdminApi> OpenAsync(IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, CancellationToken cancellationToken)
        => new(new Uri(gateway.GetEndpoint("http").Url), await tokens.IssueAsync(DevelopmentToken.Request with { Subject = "dashboard", Scope = "admin", Lifetime = TimeSpan.FromHours(1) }, cancellationToken));

    private static string Text(InteractionInputCollection inputs, string name) => inputs.ContainsName(name) ? inputs.GetString(name) ?? "" : "";

    private static InteractionInput Versions(IResourceBuilder<ProjectResource> gateway, TokenTrust tokens) => Choice(
        gateway, tokens, Version, "Version", "sentiment:2", card => card.Versions.Select(v => KeyValuePair.Create($"{card.Id}:{v.Version}", $"{card.Id}:{v.Version} ({v.Role ?? v.State})")));

    private static InteractionInput Models(IResourceBuilder<ProjectResource> gateway, TokenTrust tokens) => Choice(
        gateway, tokens, Model, "Model", "sentiment", card => [KeyValuePair.Create(card.Id, $"{card.Id} (active {card.ActiveVersion ?? "none"}, before {card.PreviousVersion ?? "none"})")]);

    /// <summary>Filled when it is shown; where the gateway does not answer, a name can still be written.</summary>
    private static InteractionInput Choice(
        IResourceBuilder<ProjectResource> gateway, TokenTrust tokens, string name, string label, string example, Func<ModelCard, IEnumerable<KeyValuePair<string, string>>> options) => new()
        {
            Name = name,
            Label = label,
            InputType = InputType.Choice,
            Required = true,
            AllowCustomChoice = true,
            Placeholder = example,
            DynamicLoading = new InputLoadOptions
            {
                AlwaysLoadOnStart = true,
                LoadCallback = async context =>
                {
                    try
                    {
                        using var api = await OpenAsync(gateway, tokens, context.CancellationToken);
                        context.Input.Options = [.. (await api.ListAsync(context.CancellationToken)).Value.Data.SelectMany(options)];
                    }
                    catch (AdminException)
                    {
                        context.Input.Options = [];
                    }
                },
            },
        };

    private static InteractionInput PartOfCallers() => new()
    {
        Name = Percent,
        Label = "Percent of the callers",
        InputType = InputType.Number,
        Required = true,
        Value = 10.ToString(CultureInfo.InvariantCulture),
    };

    private static InteractionInput Forced() => new()
    {
        Name = Force,
        Label = "Also when it is the only version that is ready",
        InputType = InputType.Boolean,
        Value = "false",
    };
}
