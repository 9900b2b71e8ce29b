namespace ModelServer.Load;

/// <summary>What a replica has to do, as its <c>/health</c> tells.</summary>
/// <param name="State"><c>ready</c> or <c>draining</c>: told to stop, it finishes what it has and takes nothing new.</param>
/// <param name="QueuedTokens">Tokens admitted and not yet answered, of all models.</param>
/// <param name="InFlight">Requests being answered.</param>
/// <param name="KvUse">The part of the key-value cache in use, from 0 to 1, of the generator that is fullest; 0 where nothing generates.</param>
/// <param name="Models">The versions that are ready, as <c>name:version</c>; null for a caller who may not list them.</param>
public sealed record LoadReport(string State, long QueuedTokens, int InFlight, double KvUse, string[]? Models)
{
    public const string Ready = "ready", Draining = "draining";
}
