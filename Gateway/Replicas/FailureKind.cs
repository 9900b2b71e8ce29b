namespace Gateway.Replicas;

/// <summary>The reasons why a model server did not answer a request, as words in metrics, logs and <c>/admin/replicas</c>.</summary>
internal static class FailureKind
{
    /// <summary>The model server accepts no connection.</summary>
    public const string Connect = "connect";

    /// <summary>The connection broke off.</summary>
    public const string Broken = "broken";

    /// <summary>Nothing came for too long.</summary>
    public const string Timeout = "timeout";

    /// <summary>It answered 500 or 502.</summary>
    public const string Error = "error";

    /// <summary>It answered 503 because it is shutting down.</summary>
    public const string Draining = "draining";

    /// <summary>It answered 503 because it is full.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>It answered 503 because the model is not ready there.</summary>
    public const string NotReady = "not_ready";

    /// <summary>It missed several probes in a row.</summary>
    public const string Probe = "probe";

    /// <summary>It is far slower than the others.</summary>
    public const string Slow = "slow";
}
