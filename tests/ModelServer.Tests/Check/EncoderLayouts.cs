using ModelServer.Tests.Encoders;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Check;

/// <summary>Makes the folders that the table "Layouts of encoders" of <c>docs/models.md</c> speaks of, each by the first words of its line.</summary>
/// <param name="elsewhere">A folder that is not the models'.</param>
internal sealed class EncoderLayouts(TemporaryModels models, TemporaryModels elsewhere)
{
    private const string Modules = """[{"path":"","type":"sentence_transformers.models.Transformer"},{"path":"1_Pooling","type":"sentence_transformers.models.Pooling"}""";

    private static readonly Dictionary<string, Func<EncoderLayouts, string>> All = new()
    {
        ["`model.onnx` beside"] = l => l.Encoder(new()),
        ["`onnx/model.onnx` (sentence"] = l => l.At(["onnx/model.onnx"]),
        ["`onnx/model.onnx` with its weights"] = l => l.External(),
        ["`onnx/model.onnx` beside"] = l => l.At(["onnx/model.onnx", "onnx/model_fp16.onnx", "onnx/model_O3.onnx", "onnx/model_qint8_avx512.onnx"]),
        ["transformers.js without fp32: `onnx/model_fp16"] = l => l.At(["onnx/model_fp16.onnx", "onnx/model_q4.onnx"]),
        ["transformers.js without fp32: `onnx/model_quantized"] = l => l.Copy(Path.Combine(Path.GetDirectoryName(SmallModels.Root)!, "encoders", "one-scale", "model.onnx"), "onnx/model_quantized.onnx"),
        ["`model_optimized.onnx`"] = l => l.At(["model_optimized.onnx"]),
        ["sentence-transformers in 8 bits"] = l => l.At(["onnx/model_qint8_avx512_vnni.onnx", "onnx/model_quint8_avx2.onnx", "onnx/model_qint8_arm64.onnx"]),
        ["a snapshot of the hub's cache"] = l => l.Snapshot(),
        ["a link that leads out"] = l => l.LinkOut(),
        ["`modules.json` with Transformer"] = l => l.Encoder(new()),
        ["`modules.json` with another"] = l => l.Encoder(new(), modules: Modules + """,{"path":"","type":"sentence_transformers.models.WeightedLayerPooling"}]"""),
        ["no `modules.json`, `_name_or_path`"] = l => l.Encoder(new(), modules: null, config: ""","_name_or_path":"BAAI/bge-small-en-v1.5" """),
        ["no `modules.json`, the folder's name"] = l => l.Encoder(new(), modules: null, name: "bge-small-en"),
        ["no `modules.json`, nothing known"] = l => l.Encoder(new(), modules: null),
        ["no `token_type_ids`"] = l => l.Encoder(new() { HasTypes = false }),
        ["ids and masks in int32"] = l => l.Encoder(new() { IdType = GraphWriter.Int32, MaskType = GraphWriter.Int32, HasTypes = true }),
        ["the mask as bool"] = l => l.Encoder(new() { MaskType = GraphWriter.Bool }),
        ["the mask and the output in float16"] = l => l.Encoder(new() { MaskType = GraphWriter.Half, OutputType = GraphWriter.Half }),
        ["`position_ids` as an input"] = l => l.Encoder(new() { HasPositions = true }, config: ""","pad_token_id":1""", type: "roberta"),
        ["rotary positions"] = l => l.Encoder(new() { Rotates = true }, type: "modernbert"),
        ["`hidden_states…`, `attentions…`"] = l => l.Encoder(new() { Outputs = [("hidden_states.0", 3), ("attentions.0", 4), ("pooler_output", 2), ("last_hidden_state", 3), ("hidden_states.1", 3)] }),
        ["a `sentence_embedding`"] = l => l.Encoder(new() { Outputs = [("token_embeddings", 3), ("sentence_embedding", 2)] }, modules: null),
        ["outputs without names"] = l => l.Encoder(new() { Outputs = [("output_0", 3), ("output_1", 2)] }),
        ["no attention mask"] = l => l.Encoder(new() { MaskType = null }),
        ["attention across the batch"] = l => l.Encoder(new() { IsAcrossBatch = true }),
        ["a batch axis fixed at 1"] = l => l.Encoder(new() { Shape = [1, "tokens"] }),
        ["a batch axis fixed at more"] = l => l.Encoder(new() { Shape = [4, "tokens"] }),
        ["a sequence axis that is fixed"] = l => l.Encoder(new() { Shape = ["batch", 32] }),
        ["the same without a mask"] = l => l.Encoder(new() { Shape = ["batch", 32], MaskType = null }),
        ["another input"] = l => l.Encoder(new() { ExtraInput = "pixel_values" }),
        ["ids that are no whole numbers"] = l => l.Copy(l.FloatIds(), "model.onnx"),
        ["a mask of four axes"] = l => l.Encoder(new() { MaskShape = ["batch", 1, "tokens", "tokens"], ForgetsMask = true, MaskType = GraphWriter.Bool }),
        ["nothing but `hidden_states…`"] = l => l.Encoder(new() { Outputs = [("hidden_states.0", 3), ("pooler_output", 2)] }),
        ["several outputs"] = l => l.Encoder(new() { Outputs = [("first", 3), ("second", 3)] }),
        ["an output in bfloat16"] = l => l.Encoder(new() { OutputType = GraphWriter.BFloat16 }),
        ["weights in bfloat16"] = l => l.Encoder(new() { HasBFloatWeights = true }),
    };

    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>The folder of a line.</summary>
    public string Make(string name) => All[name](this);

    /// <param name="modules">What <c>modules.json</c> holds; null for no such file, nothing for that of mean pooling.</param>
    /// <param name="config">Further members.</param>
    public string Encoder(EncoderGraph graph, string? modules = "", string config = "", string type = "bert", string name = "m")
    {
        var folder = models.CopySmall("tiny-tokenizer", name);
        models.Write($"{name}/1/config.json", $$"""{"architectures":["BertModel"],"model_type":"{{type}}","vocab_size":{{TinyEncoder.Vocabulary}},"max_position_embeddings":64{{config}}}""");
        if (modules is not null) models.Write($"{name}/1/modules.json", modules.Length > 0 ? modules : Modules + "]");
        if (modules is not null) models.Write($"{name}/1/1_Pooling/config.json", """{"pooling_mode_mean_tokens":true}""");
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), graph.Build());
        return folder;
    }

    private string At(string[] places)
    {
        var folder = Encoder(new());
        var graph = File.ReadAllBytes(Path.Combine(folder, "model.onnx"));
        File.Delete(Path.Combine(folder, "model.onnx"));
        foreach (var place in places) File.WriteAllBytes(models.Write($"m/1/{place}", ""), graph);
        return folder;
    }

    private string Copy(string graph, string place)
    {
        var folder = At([]);
        File.Copy(graph, models.Write($"m/1/{place}", ""), overwrite: true);
        return folder;
    }

    private string External()
    {
        var folder = At([]);
        var graph = new EncoderGraph().Write(new GraphWriter { External = "model.onnx_data" });
        File.WriteAllBytes(models.Write("m/1/onnx/model.onnx", ""), graph.Build());
        File.WriteAllBytes(models.Write("m/1/onnx/model.onnx_data", ""), graph.ExternalBytes);
        return folder;
    }

    private string Snapshot()
    {
        var folder = Encoder(new(), name: "made");
        var hub = new ModelFiles.HubFolder(models, "models--acme--tiny");
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories)) hub.Add(1, Path.GetRelativePath(folder, file), File.ReadAllBytes(file));
        return hub.Main(1).Snapshot(1);
    }

    private string LinkOut()
    {
        var folder = Encoder(new());
        var config = Path.Combine(folder, "config.json");
        File.Move(config, Path.Combine(elsewhere.Path, "config.json"));
        File.CreateSymbolicLink(config, Path.Combine(elsewhere.Path, "config.json"));
        return folder;
    }

    private string FloatIds()
    {
        var graph = new GraphWriter();
        graph.Input("input_ids", GraphWriter.Float, "batch", "tokens");
        graph.Output(graph.Node("Unsqueeze", ["input_ids", graph.Longs("last", 2)]), "last_hidden_state", GraphWriter.Float, "batch", "tokens", 1);
        var path = models.Write("float-ids.onnx", "");
        File.WriteAllBytes(path, graph.Build());
        return path;
    }
}
