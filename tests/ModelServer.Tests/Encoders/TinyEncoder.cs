using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Tests.Encoders;

/// <summary>A small encoder in the real engine, on the CPU.</summary>
internal static class TinyEncoder
{
    /// <summary>Tokens that the graphs have embeddings for.</summary>
    public const int Vocabulary = 143;

    public static ExecutionDevice Cpu { get; } = new(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance);

    public static EncoderSession Classifier() => Open("tiny-multilabel", new OutputChoice(["logits"], 2));

    public static EncoderSession Open(string name, params OutputChoice[] outputs) => new(Path.Combine(SmallModels.Folder(name), "model.onnx"), Cpu, outputs, 0, RowReaders.Copy);

    public static Batch Batch(params int[] lengths) => new([.. lengths.Select((length, row) => Sequence(length, row))], BatchClosed.Drained);

    public static EncoderSequence Sequence(int length, int seed = 0, string client = "", bool isLone = false)
        => new([.. Enumerable.Range(0, length).Select(i => 5 + (((seed * 31) + (i * 7)) % (Vocabulary - 5)))], new int[length], new QueueLane(client) { IsLone = isLone });

    /// <summary>One that the graph fails on: it has no embedding for its token.</summary>
    public static EncoderSequence Spoilt() => new([Vocabulary + 1000], [0], new QueueLane(""));
}
