using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Rerank;
using ModelServer.Tensors;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.OpenInference;

/// <summary>How well the second text of each pair answers the first, from 0 to 1.</summary>
internal sealed class RankedTexts(EncoderPipeline pipeline) : ITextTensors
{
    public string Task => RerankTask.Id;

    public long[] InputShape => [-1, 2];

    public TensorSpec[] Outputs(LoadedModel model) => [new(TextPipeline.Output, TensorType.Fp32, -1)];

    public async Task<TextAnswer> AnswerAsync(string reference, string[] texts, Caller caller, CancellationToken cancellationToken)
    {
        TextInput[] pairs = [.. texts.Chunk(2).Select(pair => new TextInput(pair[0], pair[1]) { Truncation = TruncationStrategy.OnlySecond })];
        var result = await pipeline.RunAsync<RerankModel>(new(RerankTask.Id, reference, pairs, caller, Truncate: true) { Field = TextPipeline.Input }, cancellationToken);
        return new(result.Version, result.Timing, [TextAnswer.Of(TextPipeline.Output, TensorType.Fp32, [pairs.Length], Array.ConvertAll(result.Rows, r => 1 / (1 + MathF.Exp(-r.Span[0]))))]);
    }
}
