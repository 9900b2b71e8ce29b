using System.Numerics.Tensors;
using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Rerank;

/// <summary>Answers reranking requests: a cross-encoder reads the query beside each document.</summary>
internal sealed class Reranker(EncoderPipeline pipeline)
{
    public async Task<Ranking> RankAsync(RankInputs request, Caller caller, CancellationToken cancellationToken)
    {
        // The query is what all documents are measured by: it is never cut.
        TextInput[] pairs = [.. request.Documents.Select((document, i) => new TextInput(request.Query, document)
        {
            Truncation = TruncationStrategy.OnlySecond,
            Side = request.Side,
            PairTokens = request.DocumentTokens,
            PairField = $"{request.Field}[{i}]",
        })];
        var result = await pipeline.RunAsync<RerankModel>(new(RerankTask.Id, request.Model, pairs, caller, Truncate: request.Truncate) { Field = "query" }, cancellationToken);
        var logits = Array.ConvertAll(result.Rows, row => row.Span[0]);
        var scores = new float[logits.Length];
        TensorPrimitives.Sigmoid<float>(logits, scores);

        // By logit: where the sigmoid is flat, scores are equal and logits are not.
        var order = Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ToArray();
        return new Ranking(result.Version, order, scores, logits, result.Tokens, result.Timing);
    }
}

/// <summary>Documents to be ranked, whichever route they came by.</summary>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the default.</param>
/// <param name="Field">What the route calls the documents, for messages.</param>
internal sealed record RankInputs(string? Model, string Query, string[] Documents, string Field = "documents")
{
    /// <summary>Whether documents that are too long beside the query are cut instead of refused.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Which end of a document gives way; what the tokenizer says if null.</summary>
    public TruncationSide? Side { get; init; }

    /// <summary>The most tokens of each document that are read; null for all that fit.</summary>
    public int? DocumentTokens { get; init; }
}

/// <param name="Order">Indices of the documents, best first; equal ones in the order they came.</param>
/// <param name="Scores">By index, 0 to 1.</param>
/// <param name="Logits">By index, as the model computes them.</param>
internal sealed record Ranking(ModelVersion Version, int[] Order, float[] Scores, float[] Logits, int Tokens, Timing Timing);
