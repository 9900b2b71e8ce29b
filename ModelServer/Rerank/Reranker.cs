using System.Numerics.Tensors;
using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.LateInteraction;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Rerank;

/// <summary>Answers reranking requests: a cross-encoder reads the query beside each document; a model of token vectors reads each text by itself.</summary>
internal sealed class Reranker(EncoderPipeline pipeline, LateInteractionEncoder encoder, ModelCatalog catalog, IOptions<ModelsOptions> options)
{
    public Task<Ranking> RankAsync(RankInputs request, Caller caller, CancellationToken cancellationToken)
    {
        var reference = request.Model ?? options.Value.Defaults.GetValueOrDefault(RerankTask.Id);
        return IsLate(reference) ? CompareAsync(request with { Model = reference }, caller, cancellationToken) : ReadAsync(request, caller, cancellationToken);
    }

    private async Task<Ranking> ReadAsync(RankInputs request, Caller caller, CancellationToken cancellationToken)
    {
        // The query is what all documents are measured by: it is never cut.
        TextInput[] pairs = [.. request.Documents.Select((document, i) => new TextInput(request.Query, document)
        {
            Truncation = TruncationStrategy.OnlySecond,
            Side = request.Side,
            PairTokens = request.DocumentTokens,
            PairField = $"{request.Field}[{i}]",
        })];
        var encoderRequest = new EncoderRequest<RerankModel>(RerankTask.Id, request.Model, pairs, caller, Truncate: request.Truncate)
        {
            Field = "query",
            Adapt = model => Adapt(model, request, pairs),
        };
        var result = await pipeline.RunAsync(encoderRequest, cancellationToken);
        var logits = Array.ConvertAll(result.Rows, row => row.Span[0]);
        var scores = new float[logits.Length];
        TensorPrimitives.Sigmoid<float>(logits, scores);
        return new Ranking(result.Version, BestFirst(logits), scores, logits, result.Tokens, result.Timing);
    }

    /// <summary>Every text is encoded once and remembered by itself, whatever it is compared with.</summary>
    private async Task<Ranking> CompareAsync(RankInputs request, Caller caller, CancellationToken cancellationToken)
    {
        if (request.Instruction is not null) throw NoInstruction();
        var documents = request.Documents.Select((document, i) => new MarkedText(document, IsQuery: false, $"{request.Field}[{i}]") { Side = request.Side, MaxTokens = request.DocumentTokens });
        var result = await encoder.EncodeAsync(request.Model, [new(request.Query, IsQuery: true), .. documents], "query", request.Truncate, caller, cancellationToken);
        var scores = Array.ConvertAll(result.Vectors[1..], document => TokenVectors.Score(result.Vectors[0], document));
        return new Ranking(result.Version, BestFirst(scores), scores, scores, result.Tokens, result.Timing);
    }

    /// <summary>Whether the model named, by the request or as the default, is one of token vectors; where none is named, whether such a one is the obvious one: there is no
    /// cross-encoder and none to come.</summary>
    private bool IsLate(string? model)
    {
        if (model is null) return !catalog.Versions.Any(v => v.State == ModelState.Loading || v.ServedTask == RerankTask.Id) && catalog.HasDefault(LateInteractionTask.Id);
        var (name, version) = ModelNames.Split(model);
        return catalog.Versions.Any(v => v.Name == name && (version is null || v.Version == version) && v.ServedTask == LateInteractionTask.Id);
    }

    private static IReadOnlyList<EncoderInput> Adapt(RerankModel model, RankInputs request, TextInput[] pairs)
    {
        if (request.Instruction is not null && model.Prompt?.TakesInstruction != true) throw NoInstruction();
        return model.Prompt is null
            ? pairs
            : Array.ConvertAll(pairs, p => new PromptedPair(p.Text, p.Pair!, request.Instruction, p.PairField!) { Side = p.Side, DocumentTokens = p.PairTokens });
    }

    private static InvalidFieldException NoInstruction() => new("instruction", "The model takes no instruction.");

    /// <summary>By logit: where the sigmoid is flat, scores are equal and logits are not.</summary>
    private static int[] BestFirst(float[] logits) => [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i])];
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

    /// <summary>What is looked for, in words, for models whose prompt has a place for it; null for what <c>serving.json</c> says.</summary>
    public string? Instruction { get; init; }
}

/// <param name="Order">Indices of the documents, best first; equal ones in the order they came.</param>
/// <param name="Scores">By index: 0 to 1 of a cross-encoder, MaxSim of token vectors.</param>
/// <param name="Logits">By index, as the model computes them.</param>
internal sealed record Ranking(ModelVersion Version, int[] Order, float[] Scores, float[] Logits, int Tokens, Timing Timing);
