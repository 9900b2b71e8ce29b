using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Tokenization.Json;

namespace ModelServer.Check;

/// <summary>What to do with a folder that would not be served. Each entry of the table is one layout; those that fit are told, in order.</summary>
internal static class LayoutAdvice
{
    private const string Export = "optimum-cli export onnx --model";

    private static readonly (Predicate<Case> Fits, Func<Case, string> Advice)[] Layouts =
    [
        (c => c.Files.IsEncoderDecoder, _ => "A model with encoder and decoder (T5, BART, Marian, Whisper) has no place here yet: take an encoder (classification, embeddings, reranking) or a decoder (text generation)."),
        (c => c.LacksGraph && c.IsAdapter, _ => "It is an adapter (LoRA) beside a model: merge it into that one in Python (merge_and_unload), and export what comes out."),
        (c => c.LacksGraph && c.IsGguf, c => $"{c.Files.OtherWeights} is a file of llama.cpp: take the model from its ONNX repository, with ./model pull, or export the original."),
        (c => c.LacksGraph && !c.IsAdapter && !c.IsGguf, c => $"{c.Files.OtherWeights} holds weights, but there is no graph: pip install \"optimum[exporters]\", then {Export} {c.Source.Folder}{Task(c)} models/NAME/1/"),
        (c => c.Files is { HasGraph: false, GraphsElsewhere.Length: > 0 }, c => $"Graphs are looked for beside config.json and in onnx/, not in {Path.GetDirectoryName(c.Files.GraphsElsewhere[0])}/: move {c.Files.GraphsElsewhere[0]} with the files beside it."),
        (c => c.Files is { HasGraph: true, IsEncoderDecoder: false, IsInTwoFiles: true }, _ => $"Its graph is in two files, one for a first run and one for later ones, which only together could be served: take the repository's decoder_model_merged.onnx, or export it with a newer optimum, {Export} … --task text-generation-with-past models/NAME/1/, which writes one model.onnx."),
        (c => c.Failure?.Message.Contains("a model of several graphs", StringComparison.Ordinal) == true, _ => "Take a model of text alone: images, speech and graphs that are cut into pieces are not served."),
        (c => !c.Files.Has("config.json") && !c.Files.Has("genai_config.json") && c.Files.HasGraph, _ => "There is no config.json, which tells the task: copy it from the model's repository, or set \"task\" in serving.json."),
        (c => c is { Source.Architecture: not null, Files.IsEncoderDecoder: false, IsOfNoTask: true }, c => $"What is served: {string.Join(", ", c.Tasks)}. '{c.Source.Architecture}' is none of them, unless its graph answers like one: then set \"task\"."),
        (c => c.Failure?.InnerException is UnsupportedTokenizerException, _ => "Its tokenizer has a part that is not known here, and guessing would give wrong ids: take a model with another tokenizer."),
        (c => c.Failure?.InnerException is InvalidTokenizerException && HasSentencePiece(c), c => $"Its tokenizer is a SentencePiece file: in Python, AutoTokenizer.from_pretrained(\"{c.Source.Folder}\").save_pretrained(\"{c.Source.Folder}\") writes tokenizer.json."),
        (c => c.Failure?.InnerException is InvalidTokenizerException && !HasSentencePiece(c) && !c.Files.Has("tokenizer.json"), _ => "Copy tokenizer.json (or vocab.txt, or vocab.json with merges.txt) and tokenizer_config.json from the model's repository to beside config.json."),
        (c => c.Files is { IsDecoder: true, IsInTwoFiles: false } && c.Inputs.Count > 0 && !c.HasCache, c => $"Export it with its cache: {Export} … --task text-generation-with-past models/NAME/1/"),
        (c => c.IsDynamic && c.HasCache, _ => "Take fp32, or weights in 4 bits (model_q4.onnx with { \"variant\": \"q4\" } in serving.json): those do not quantise activations."),
        (c => c.Failure is ModelMemoryException, _ => "Take a smaller variant, set Generate:Rows or Generate:MaxTokens lower for a generator, or give the process more memory."),
        (c => c.Failure?.Message.Contains("leads out of the models folder", StringComparison.Ordinal) == true, c => $"It holds links to files elsewhere, which are not followed: copy it with them followed, cp -rL {c.Source.Folder} models/NAME/1"),
    ];

    public static string[] For(Case @case) => [.. Layouts.Where(l => l.Fits(@case)).Select(l => l.Advice(@case))];

    private static string Task(Case @case) => @case.Files.IsDecoder ? " --task text-generation-with-past" : "";

    private static bool HasSentencePiece(Case @case) => @case.Files.Has("spiece.model") || @case.Files.Has("tokenizer.model") || @case.Files.Has("sentencepiece.bpe.model");

    /// <param name="Source">What was learnt before loading.</param>
    /// <param name="IsDynamic">See <see cref="GraphNodes.HaveOneScaleForAll"/>.</param>
    /// <param name="Tasks">The names of those that are served.</param>
    public sealed record Case(CheckReport Source, FolderContents Files, bool IsDynamic, IReadOnlyList<string> Tasks, Exception? Failure)
    {
        public IReadOnlyList<GraphValue> Inputs => Source.Inputs;

        public bool HasCache => Inputs.Any(i => i.Name.StartsWith("past", StringComparison.Ordinal));

        /// <summary>Whether there is something to be exported.</summary>
        public bool LacksGraph => Files is { HasGraph: false, IsEncoderDecoder: false, OtherWeights: not null };

        public bool IsAdapter => Files.Has("adapter_config.json");

        public bool IsGguf => Files.OtherWeights!.EndsWith(".gguf", StringComparison.Ordinal);

        public bool IsOfNoTask => Failure is ModelLoadException { Message: var message } && message.StartsWith("config.json does not tell a task", StringComparison.Ordinal);
    }
}
