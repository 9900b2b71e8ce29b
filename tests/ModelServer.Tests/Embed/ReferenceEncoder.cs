using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace ModelServer.Tests.Embed;

/// <summary>Embeddings by the shortest way there is: one text at a time, the official tokenizer (right for plain English), plain engine calls, and pooling
/// in double precision.</summary>
internal sealed class ReferenceEncoder(string folder, bool meanPooling) : IDisposable
{
    private readonly BertTokenizer _tokenizer = BertTokenizer.Create(Path.Combine(folder, "vocab.txt"), new BertOptions { LowerCaseBeforeTokenization = true });
    private readonly InferenceSession _session = new(Path.Combine(folder, "model.onnx"));

    public double[] Embed(string text)
    {
        long[] ids = [.. _tokenizer.EncodeToIds(text, addSpecialTokens: true).Select(id => (long)id)];
        var (mask, types) = (new long[ids.Length], new long[ids.Length]);
        Array.Fill(mask, 1);
        long[] shape = [1, ids.Length];
        using var idsValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var typesValue = OrtValue.CreateTensorValueFromMemory(types, shape);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = idsValue, ["attention_mask"] = maskValue, ["token_type_ids"] = typesValue };
        using var run = new RunOptions();
        using var outputs = _session.Run(run, inputs.Where(i => _session.InputMetadata.ContainsKey(i.Key)).ToDictionary(), [_session.OutputNames.First(n => n is "last_hidden_state" or "token_embeddings")]);
        var states = outputs[0].GetTensorDataAsSpan<float>();
        var pooled = new double[states.Length / ids.Length];
        var tokens = meanPooling ? ids.Length : 1;
        for (var token = 0; token < tokens; token++)
            for (var i = 0; i < pooled.Length; i++) pooled[i] += states[(token * pooled.Length) + i] / (double)tokens;
        var norm = Math.Sqrt(pooled.Sum(x => x * x));
        return [.. pooled.Select(x => x / norm)];
    }

    public void Dispose() => _session.Dispose();
}
