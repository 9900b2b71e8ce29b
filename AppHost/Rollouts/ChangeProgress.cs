namespace AppHost.Rollouts;

/// <summary>Follows a change until it has taken hold or failed, and says what happens, one line for each difference.</summary>
internal sealed class ChangeProgress(AdminApi api, TimeProvider time, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private string? _said;

    /// <param name="change">What is asked.</param>
    /// <param name="waits">Whether to return only when it is done.</param>
    /// <returns>The last answer, and why it failed, or null.</returns>
    /// <exception cref="AdminException">It was refused, or the gateway is gone.</exception>
    public async Task<(AdminAnswer<ModelCard> Answer, string? Failure)> RunAsync(ModelChange change, bool waits, CancellationToken cancellationToken)
    {
        var answer = await api.ChangeAsync(change, cancellationToken);
        var trial = answer.Value.Trial;
        var version = change.Version ?? trial?.Version ?? answer.Value.ActiveVersion;
        while (true)
        {
            Say(answer.Value, version);
            // A trial that is another one, or none, ended the one that was asked for; its end is in the history.
            var isOver = trial is { IsLoading: true } && answer.Value.Trial?.Id != trial.Id;
            if (isOver && Failure(answer.Value, trial!) is { } failure) return (answer, failure);
            if (!waits || isOver || !IsUnderWay(change, answer)) return (answer, null);
            await Task.Delay(Pause, time, cancellationToken);
            answer = await AskAsync(change.Model, cancellationToken);
        }
    }

    private static bool IsUnderWay(ModelChange change, AdminAnswer<ModelCard> answer) => change.Action == "unload"
        ? answer.Value.Find(change.Version)?.Replicas.Any(r => r.State is "ready" or "deprecated" or "loading") == true
        : answer.Value.Trial is { IsLoading: true } || answer.IsUnderWay;

    /// <summary>One answer that is lost does not end what goes on; the change itself is not repeated.</summary>
    private async Task<AdminAnswer<ModelCard>> AskAsync(string model, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await api.GetAsync(model, cancellationToken);
            }
            catch (AdminException e) when (attempt < 5 && e.Status is null or >= System.Net.HttpStatusCode.InternalServerError)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static string? Failure(ModelCard card, ModelTrial trial)
    {
        var end = card.History.FirstOrDefault(e => e.Version == trial.Version && e.At >= trial.Since && e.Action is "completed" or "failed" or "automatic_rollback");
        if (end is { Action: "completed" }) return null;
        if (end is not null) return end.Reason ?? $"{card.Id}:{trial.Version} failed.";
        // Ended by somebody else, unless it stands where it was to stand.
        var reached = card.ActiveVersion == trial.Version || (trial.Goal == "load" && card.Find(trial.Version)?.State == "ready");
        return reached ? null : $"{card.Id}:{trial.Version} did not get to {trial.Goal}: {card.History.FirstOrDefault() switch { { } last => $"{last.Action}{(last.By is null ? "" : $" by {last.By}")}", null => "it was ended" }}.";
    }

    private void Say(ModelCard card, string? version)
    {
        var line = Describe(card, version);
        if (line != _said) say(line);
        _said = line;
    }

    private static string Describe(ModelCard card, string? version)
    {
        var found = card.Find(version);
        var replicas = found?.Replicas.Select(r => $"{r.Replica} {r.State}{(r is { State: "deprecated", Leases: > 0 } ? $", {r.Leases} requests left" : "")}").ToArray() ?? [];
        var stands = card.Trial is { } trial && trial.Version == version ? CardTable.Words(trial) : found switch
        {
            { Role: "active" } => "is active",
            { Role: { } role } => $"is {role}",
            { State: var state } => $"is {state}",
            null => "is listed no more",
        };
        return replicas.Length == 0 ? $"{card.Id}:{version} {stands}" : $"{card.Id}:{version} {stands} ({string.Join(", ", replicas)})";
    }
}
