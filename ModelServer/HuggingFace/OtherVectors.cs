namespace ModelServer.HuggingFace;

/// <summary>Routes for vectors that no model here makes. Refused with the status that Text Embeddings Inference has for a model of another kind.</summary>
internal static class OtherVectors
{
    public static IResult RefuseSparse() => Refuse("Sparse vectors are not served: no model here pools as SPLADE does. POST /embed answers dense ones.");

    public static IResult RefuseAll() => Refuse("Vectors of single tokens are not served. POST /embed answers one vector for each input.");

    private static ApiErrorResult Refuse(string message) => new(new(StatusCodes.Status424FailedDependency, message) { Code = "unsupported_route" });
}
