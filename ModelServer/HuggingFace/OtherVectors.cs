namespace ModelServer.HuggingFace;

/// <summary>Routes for vectors that no model here makes. Refused with the status that Text Embeddings Inference has for a model of another kind.</summary>
internal static class OtherVectors
{
    public static IResult RefuseAll() => new ApiErrorResult(new(
        StatusCodes.Status424FailedDependency,
        "Vectors of single tokens as Text Embeddings Inference makes them are not served. POST /embed answers one vector for each input, POST /v1/multi-vector-embeddings those of a late-interaction model.")
    { Code = "unsupported_route" });
}
