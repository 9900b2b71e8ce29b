namespace ServiceDefaults.Protocol;

/// <summary>The headers by which a model server tells the client how an answer came about; the gateway passes them on and keeps them in its audit log.</summary>
public static class AnswerHeaders
{
    /// <summary>The version alone, without the model's name.</summary>
    public const string ModelVersion = "x-model-version";

    /// <summary><c>hit</c>, <c>miss</c>, <c>coalesced</c> or <c>bypass</c>.</summary>
    public const string Cache = "x-cache";

    /// <summary>Milliseconds of each stage (W3C Server Timing).</summary>
    public const string ServerTiming = "Server-Timing";

    /// <summary>On an error that is this model server's alone, such as a model that is not ready here. For the gateway, which does not pass it on.</summary>
    public const string AskElsewhere = "x-ask-elsewhere";
}
