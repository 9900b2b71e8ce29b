using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Runtime;

/// <summary>
/// The large weights of a graph, held once for several sessions on the CPU. Tables are read where they lie here. Of what is multiplied by, the engine makes a copy in an
/// order of its own, which the sessions share by <see cref="Packed"/>; what it was made from is not read again and is freed by <see cref="Release"/>. Nothing tells that
/// the engine did so for each of them: whoever frees them runs with <see cref="Spoil"/>ed ones before.
/// </summary>
internal sealed class SharedWeights : IDisposable
{
    /// <summary>Smaller ones are not worth the name.</summary>
    private const int LeastBytes = 1 << 16;

    /// <summary>The part of a graph's weights, by bytes, that must be such as can be shared.</summary>
    private const double LeastShare = 0.9;
    private const int Alignment = 64;
    private const int Chunk = 1 << 26;

    /// <summary>Operators that multiply by their second input.</summary>
    private static readonly string[] Multiplying = ["MatMul", "Gemm", "MatMulInteger"];

    private readonly List<(string Name, OrtValue Value)> _values = [];
    private readonly NativeBuffer _tables;
    private readonly NativeBuffer _multiplied;

    private SharedWeights(IReadOnlyList<GraphInitializer> tables, IReadOnlyList<GraphInitializer> multiplied)
    {
        _tables = new NativeBuffer(tables.Sum(Room));
        _multiplied = new NativeBuffer(multiplied.Sum(Room));
        try
        {
            Fill(_tables, tables);
            Fill(_multiplied, multiplied);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the engine made of them; given to each session.</summary>
    public PrePackedWeightsContainer Packed { get; } = new();

    /// <returns>Null where too little of the graph can be shared.</returns>
    /// <exception cref="ModelLoadException">The graph is none, or its weights are cut off.</exception>
    public static SharedWeights? Read(string graph)
    {
        var all = GraphInitializers.Read(graph);
        var uses = Uses(GraphNodes.Read(graph));
        var (tables, multiplied) = (new List<GraphInitializer>(), new List<GraphInitializer>());
        foreach (var weight in all.Where(IsWhole))
        {
            if (uses.GetValueOrDefault(weight.Name) == Use.Table) tables.Add(weight);
            if (uses.GetValueOrDefault(weight.Name) == Use.Multiplied) multiplied.Add(weight);
        }

        return tables.Concat(multiplied).Sum(w => w.Bytes) >= LeastShare * all.Sum(w => w.Bytes) ? new(tables, multiplied) : null;
    }

    /// <summary>Has a session take them. They outlive it.</summary>
    public void AddTo(SessionOptions options)
    {
        foreach (var (name, value) in _values) options.AddInitializer(name, value);
    }

    /// <summary>Overwrites what the engine should have made copies of: whoever still reads it computes something else.</summary>
    public void Spoil()
    {
        for (long at = 0; at < _multiplied.Bytes; at += Chunk) _multiplied.Span<byte>(at, (int)Math.Min(Chunk, _multiplied.Bytes - at)).Fill(0xFF);
    }

    /// <summary>Frees what the engine made copies of. No session takes them from here on.</summary>
    public void Release()
    {
        _multiplied.Dispose();
        NativeHeap.Trim();
    }

    public void Dispose()
    {
        foreach (var (_, value) in _values) value.Dispose();
        Packed.Dispose();
        _tables.Dispose();
        _multiplied.Dispose();
    }

    /// <summary>Left out are those that somebody reads in another way: the engine may change or fold them.</summary>
    private static Dictionary<string, Use> Uses(IReadOnlyList<GraphNode> nodes)
    {
        var uses = new Dictionary<string, Use>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                var use = (node.Operator, i) is ("Gather", 0) ? Use.Table : i == 1 && Multiplying.Contains(node.Operator) ? Use.Multiplied : Use.Other;
                uses[node.Inputs[i]] = uses.TryGetValue(node.Inputs[i], out var before) && before != use ? Use.Other : use;
            }
        }

        return uses;
    }

    /// <summary>Whether it is a matrix of floats or bytes, large, and all of it where it is said to be.</summary>
    private static bool IsWhole(GraphInitializer weight)
        => weight.Bytes >= LeastBytes && weight.Shape.Length == 2 && Of(weight.Type) is { } type && weight.Bytes == weight.Shape[0] * weight.Shape[1] * type.Bytes;

    private static (TensorElementType Type, int Bytes)? Of(int type) => type switch
    {
        1 => (TensorElementType.Float, sizeof(float)),
        2 => (TensorElementType.UInt8, sizeof(byte)),
        3 => (TensorElementType.Int8, sizeof(sbyte)),
        _ => null,
    };

    private static long Room(GraphInitializer weight) => (weight.Bytes + Alignment - 1) & ~(Alignment - 1L);

    private void Fill(NativeBuffer buffer, IReadOnlyList<GraphInitializer> weights)
    {
        long at = 0;
        foreach (var weight in weights)
        {
            using var file = File.OpenHandle(weight.File);
            for (long read = 0; read < weight.Bytes;)
            {
                var got = RandomAccess.Read(file, buffer.Span<byte>(at + read, (int)Math.Min(Chunk, weight.Bytes - read)), weight.Offset + read);
                read += got > 0 ? got : throw new ModelLoadException($"{Path.GetFileName(weight.File)} ends before its weights do. Copy it again.");
            }

            _values.Add((weight.Name, buffer.Tensor(Of(weight.Type)!.Value.Type, at, weight.Shape)));
            at += Room(weight);
        }
    }

    private enum Use
    {
        Other,
        Table,
        Multiplied,
    }
}
