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
    public async Task<Ranking> RankAsync(RerankRequest request, Caller caller, CancellationToken cancellationToken)
    {
        // The query is what all documents are measured by: it is never cut.
        var pairs = Array.ConvertAll(request.Documents, document => new TextInput(request.Query, document.Text) { Truncation = TruncationStrategy.OnlySecond });
        var result = await pipeline.RunAsync<RerankModel>(new(RerankTask.Id, request.Model, pairs, caller, Truncate: request.Truncate) { Field = "documents" }, cancellationToken);
        var logits = Array.ConvertAll(result.Rows, row => row.Span[0]);
        var scores = new float[logits.Length];
        TensorPrimitives.Sigmoid<float>(logits, scores);

        // By logit: where the sigmoid is flat, scores are equal and logits are not.
        var order = Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ToArray();
        return new Ranking(result.Version, order, scores, result.Tokens, result.Timing);
    }
}

/// <param name="Order">Indices of the documents, best first; equal ones in the order they came.</param>
/// <param name="Scores">By index, 0 to 1.</param>
internal sealed record Ranking(ModelVersion Version, int[] Order, float[] Scores, int Tokens, Timing Timing);
