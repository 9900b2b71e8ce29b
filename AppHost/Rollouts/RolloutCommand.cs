using AppHost.Authentication;
using AppHost.Commands;

namespace AppHost.Rollouts;

/// <summary><c>./model list</c>, and what changes the versions that serve: through the gateway, for all model servers together.</summary>
internal static class RolloutCommand
{
    private const string TokenVariable = "PLATFORM_TOKEN";
    private const double DefaultPercent = 10;

    public const string ListUsage = $"list [NAME] {RolloutArguments.Options}";
    public const string LoadUsage = $"load NAME:VERSION [--no-wait] {RolloutArguments.Options}";
    public const string ActivateUsage = $"activate NAME:VERSION [--percent P] [--no-wait] {RolloutArguments.Options}";
    public const string CanaryUsage = $"canary NAME:VERSION [--percent P] [--no-wait] {RolloutArguments.Options}";
    public const string ShadowUsage = $"shadow NAME:VERSION [--no-wait] {RolloutArguments.Options}";
    public const string UnloadUsage = $"unload NAME:VERSION [--force] [--no-wait] {RolloutArguments.Options}";
    public const string RollbackUsage = $"rollback NAME [--no-wait] {RolloutArguments.Options}";

    public static Task<int> ListAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken) => RunAsync(
        error,
        async () =>
        {
            var asked = RolloutArguments.Parse(args);
            var model = asked.Words.Count == 0 ? null : asked.Model();
            using var api = new AdminApi(asked.Gateway, TokenOf(asked));
            if (model is null)
            {
                var list = await api.ListAsync(cancellationToken);
                Write(output, asked, list.Json, CardTable.Of(list.Value.Data));
            }
            else
            {
                var card = await api.GetAsync(model, cancellationToken);
                Write(output, asked, card.Json, CardTable.Of([card.Value]));
            }

            return 0;
        });

    public static Task<int> LoadAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => ChangeAsync(args, output, error, asked => OfVersion("load", asked), ["--no-wait"], cancellationToken);

    public static Task<int> ActivateAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => ChangeAsync(args, output, error, asked => OfVersion("activate", asked) with { Percent = asked.Percent }, ["--percent", "--no-wait"], cancellationToken);

    public static Task<int> CanaryAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => ChangeAsync(args, output, error, asked => OfVersion("canary", asked) with { Percent = asked.Percent ?? DefaultPercent }, ["--percent", "--no-wait"], cancellationToken);

    public static Task<int> ShadowAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => ChangeAsync(args, output, error, asked => OfVersion("shadow", asked), ["--no-wait"], cancellationToken);

    public static Task<int> UnloadAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => ChangeAsync(args, output, error, asked => OfVersion("unload", asked) with { IsForced = asked.IsForced }, ["--force", "--no-wait"], cancellationToken);

    public static Task<int> RollbackAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
        => ChangeAsync(args, output, error, asked => new("rollback", asked.Model(), null), ["--no-wait"], cancellationToken);

    private static ModelChange OfVersion(string action, RolloutArguments asked)
    {
        var (model, version) = asked.ModelAndVersion();
        return new(action, model, version);
    }

    private static Task<int> ChangeAsync(
        string[] args, TextWriter output, TextWriter error, Func<RolloutArguments, ModelChange> read, string[] options, CancellationToken cancellationToken) => RunAsync(
        error,
        async () =>
        {
            var asked = RolloutArguments.Parse(args, options);
            var change = read(asked);
            using var api = new AdminApi(asked.Gateway, TokenOf(asked));
            try
            {
                var (answer, failure) = await new ChangeProgress(api, TimeProvider.System, line => { if (!asked.IsJson) output.WriteLine(line); }).RunAsync(change, asked.Waits, cancellationToken);
                if (asked.IsJson) output.WriteLine(answer.Json);
                if (failure is not null) error.WriteLine(failure);
                return failure is null ? 0 : 1;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                error.WriteLine("Not waited for any longer; what was begun goes on. ./model list shows it.");
                return 1;
            }
        });

    private static async Task<int> RunAsync(TextWriter error, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (ArgumentException e)
        {
            error.WriteLine(e.Message);
            return 2;
        }
        catch (AdminException e)
        {
            error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>The one that is named, else one signed here: only for a gateway on this machine, since no other may have a token for this one.</summary>
    private static string TokenOf(RolloutArguments asked)
    {
        if ((asked.Token ?? Environment.GetEnvironmentVariable(TokenVariable)) is { Length: > 0 } named) return named;
        if (!asked.Gateway.IsLoopback) throw new ArgumentException($"A gateway on another machine needs a token with the scope admin: --token or {TokenVariable}.");
        return TokenCommand.Issue(DevelopmentToken.Request with { Subject = "administrator", Scope = "admin", Lifetime = TimeSpan.FromHours(1) });
    }

    private static void Write(TextWriter output, RolloutArguments asked, string json, IEnumerable<string> table)
    {
        if (asked.IsJson) output.WriteLine(json);
        else foreach (var line in table) output.WriteLine(line);
    }
}
