using ModelServer.Embed;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>The vector of each text, as the embeddings route answers it.</summary>
internal sealed class EmbeddedTexts(Embedder embedder) : ITextTensors
{
    public string Task => EmbeddingTask.Id;

    public long[] InputShape => [-1];

    public TensorSpec[] Outputs(LoadedModel model) => [new(TextPipeline.Output, TensorType.Fp32, -1, ((EmbeddingModel)model).Dimensions)];

    public async Task<TextAnswer> AnswerAsync(string reference, string[] texts, Caller caller, CancellationToken cancellationToken)
    {
        var result = await embedder.EmbedAsync(new(reference, Array.ConvertAll(texts, EncoderInput (t) => new TextInput(t)), TextPipeline.Input) { Truncate = true }, caller, cancellationToken);
        var width = result.Vectors[0].Length;
        var values = new float[texts.Length * width];
        for (var i = 0; i < texts.Length; i++) result.Vectors[i].CopyTo(values.AsMemory(i * width));
        return new(result.Version, result.Timing, [TextAnswer.Of(TextPipeline.Output, TensorType.Fp32, [texts.Length, width], values)]);
    }
}
