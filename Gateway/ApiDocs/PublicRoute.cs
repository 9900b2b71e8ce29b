namespace Gateway.ApiDocs;

/// <summary>One route as the API document shows it, whether the gateway answers it or forwards it.</summary>
/// <param name="Id">What generated clients call the operation.</param>
/// <param name="Tag">The heading it stands under.</param>
/// <param name="Scope">What the token must carry; null for an open route.</param>
internal sealed record PublicRoute(string Method, string Path, string Id, string Tag, string Summary, string? Scope)
{
    /// <summary>The type that describes the request body; null for none.</summary>
    public Type? Request { get; init; }

    /// <summary>Whether a request may come without a body.</summary>
    public bool IsRequestOptional { get; init; }

    /// <summary>A request body as JSON.</summary>
    public string? RequestExample { get; init; }

    /// <summary>What the example takes beside the models that come with the platform, as a sentence; null for nothing.</summary>
    public string? ExampleNeeds { get; init; }

    /// <summary>What the query may say.</summary>
    public QueryField[] Query { get; init; } = [];

    /// <summary>The status of a successful answer.</summary>
    public int Success { get; init; } = 200;

    /// <summary>The type that describes a successful answer; null for none.</summary>
    public Type? Response { get; init; }

    /// <summary>Whether 202 with the same body says that what was asked for is under way.</summary>
    public bool IsAcceptedToo { get; init; }

    /// <summary>A successful answer as JSON.</summary>
    public string? ResponseExample { get; init; }

    /// <summary>The media type of a successful answer.</summary>
    public string ResponseType { get; init; } = "application/json";

    /// <summary>A successful answer as server-sent events; null where it never is. A schema says nothing of such a text but that it is one.</summary>
    public string? StreamExample { get; init; }

    /// <summary>Statuses that are particular to this route.</summary>
    public int[] OtherStatuses { get; init; } = [];

    /// <summary>The status for a field that is well formed and wrong: OpenAI's routes say 400.</summary>
    public int InvalidFieldStatus { get; init; } = 422;

    /// <summary>Whether a model server answers.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>Whether 503 is an answer like any other and no error.</summary>
    public bool IsProbe { get; init; }

    /// <summary>Every status but success that a client should expect.</summary>
    public IEnumerable<int> Statuses()
    {
        int[] token = Scope is null ? [] : [401, 403, 429];
        int[] body = Request is null ? [] : [400, 413, 415, InvalidFieldStatus];
        // A deadline that is none, and a path that is none.
        int[] forwarded = IsForwarded ? [400, 503, 504] : [];
        int[] path = Path.Contains('{', StringComparison.Ordinal) ? [400] : [];
        int[] probe = IsProbe ? [503] : [];
        return [.. token.Concat(body).Concat(forwarded).Concat(path).Concat(probe).Concat(OtherStatuses).Append(405).Distinct().Order()];
    }

    public Type ErrorType => ErrorShapes.Of(Path).BodyType();
}

/// <summary>A field of the query; all may be left out.</summary>
internal sealed record QueryField(string Name, Type Type, string Description);
