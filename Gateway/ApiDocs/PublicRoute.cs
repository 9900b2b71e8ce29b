namespace Gateway.ApiDocs;

/// <summary>One route as the API document shows it, whether the gateway answers it or forwards it.</summary>
/// <param name="Tag">The heading it stands under.</param>
/// <param name="Scope">What the token must carry; null for an open route.</param>
internal sealed record PublicRoute(string Method, string Path, string Tag, string Summary, string? Scope)
{
    /// <summary>The type that describes the request body; null for none.</summary>
    public Type? Request { get; init; }

    /// <summary>A request body as JSON.</summary>
    public string? RequestExample { get; init; }

    /// <summary>The type that describes a successful answer.</summary>
    public Type? Response { get; init; }

    /// <summary>A successful answer as JSON.</summary>
    public string? ResponseExample { get; init; }

    /// <summary>The media type of a successful answer.</summary>
    public string ResponseType { get; init; } = "application/json";

    /// <summary>Statuses other than 200 that are particular to this route.</summary>
    public int[] OtherStatuses { get; init; } = [];

    /// <summary>The status for a field that is well formed and wrong: OpenAI's routes say 400.</summary>
    public int InvalidFieldStatus { get; init; } = 422;

    /// <summary>Whether a model server answers.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>Every status but 200 that a client should expect.</summary>
    public IEnumerable<int> Statuses()
    {
        int[] token = Scope is null ? [] : [401, 403, 429];
        int[] body = Request is null ? [] : [400, 413, 415, InvalidFieldStatus];
        int[] forwarded = IsForwarded ? [503, 504] : [];
        return token.Concat(body).Concat(forwarded).Concat(OtherStatuses).Distinct().Order();
    }

    public Type ErrorType => ErrorShapes.Of(Path).BodyType();
}
