namespace ModelServer.Tests.Encoders;

/// <summary>A small encoder with random weights, one layer of attention over the words of the tests' tokenizer, in any of the forms that exporters give one.</summary>
internal sealed record EncoderGraph
{
    public const int Width = 8;
    private const int Positions = 64;

    public int IdType { get; init; } = GraphWriter.Int64;

    /// <summary>Null for a graph without a mask.</summary>
    public int? MaskType { get; init; } = GraphWriter.Int64;

    public object[] Shape { get; init; } = ["batch", "tokens"];

    public object[]? MaskShape { get; init; }

    public bool HasTypes { get; init; }

    /// <summary>Whether positions are an input.</summary>
    public bool HasPositions { get; init; }

    /// <summary>Whether queries and keys are turned by their positions, and only neighbours seen, as ModernBERT does.</summary>
    public bool Rotates { get; init; }

    /// <summary>Whether attention goes along the first axis, as a torch encoder's does with <c>batch_first=False</c>.</summary>
    public bool IsAcrossBatch { get; init; }

    /// <summary>Whether the mask is an input and has no effect.</summary>
    public bool ForgetsMask { get; init; }

    /// <summary>How many sequences a graph was traced with, whatever its axes say.</summary>
    public int? TracedRows { get; init; }

    public string? ExtraInput { get; init; }

    public bool HasBFloatWeights { get; init; }

    public int OutputType { get; init; } = GraphWriter.Float;

    /// <summary>By name: <c>3</c> dimensions for a vector of each token, <c>2</c> for the first token's, <c>4</c> for the attentions.</summary>
    public (string Name, int Ranks)[] Outputs { get; init; } = [("last_hidden_state", 3)];

    public byte[] Build() => Write(new GraphWriter()).Build();

    public GraphWriter Write(GraphWriter graph)
    {
        var random = new Random(11);
        graph.Input("input_ids", IdType, Shape);
        if (MaskType is { } mask) graph.Input("attention_mask", mask, MaskShape ?? Shape);
        if (HasTypes) graph.Input("token_type_ids", IdType, Shape);
        if (HasPositions) graph.Input("position_ids", IdType, Shape);
        if (ExtraInput is not null) graph.Input(ExtraInput, GraphWriter.Float, Shape);

        var words = Weights(random, TinyEncoder.Vocabulary * Width);
        var x = HasBFloatWeights
            ? graph.Node("Gather", [graph.BFloats("words", words, TinyEncoder.Vocabulary, Width), "input_ids"])
            : graph.Node("Gather", [graph.Floats("words", words, TinyEncoder.Vocabulary, Width), "input_ids"]);
        if (HasTypes) x = graph.Node("Add", [x, graph.Node("Gather", [graph.Floats("types", Weights(random, 2 * Width), 2, Width), "token_type_ids"])]);
        if (HasPositions) x = graph.Node("Add", [x, graph.Node("Gather", [graph.Floats("positions", Weights(random, Positions * Width), Positions, Width), "position_ids"])]);
        if (TracedRows is { } rows) x = graph.Node("Reshape", [x, graph.Longs("traced", rows, -1, Width)]);
        var (attended, attention) = Attend(graph, random, IsAcrossBatch ? graph.Node("Transpose", [x], ("perm", new[] { 1, 0, 2 })) : x);
        if (IsAcrossBatch) attended = graph.Node("Transpose", [attended], ("perm", new[] { 1, 0, 2 }));
        var hidden = graph.Node("Tanh", [graph.Node("Add", [x, attended])]);
        if (ExtraInput is not null) hidden = graph.Node("Add", [hidden, graph.Node("Unsqueeze", [ExtraInput, graph.Longs("last", 2)])]);

        foreach (var (name, ranks) in Outputs) Give(graph, name, ranks, hidden, attention);
        return graph;
    }

    private void Give(GraphWriter graph, string name, int ranks, string hidden, string attention)
    {
        var value = ranks switch { 2 => graph.Node("Gather", [hidden, graph.Long("first", 0)], ("axis", 1)), 3 => hidden, _ => graph.Node("Unsqueeze", [attention, graph.Longs("axis1", 1)]) };
        if (OutputType != GraphWriter.Float) value = graph.Node("Cast", [value], ("to", OutputType));
        object[] shape = ranks switch { 2 => [Shape[0], Width], 3 => [.. Shape, Width], _ => [Shape[0], 1, Shape[1], Shape[1]] };
        graph.Output(value, name, OutputType, shape);
    }

    private (string Value, string Attention) Attend(GraphWriter graph, Random random, string x)
    {
        string Projected(string name) => graph.Node("MatMul", [x, graph.Floats(name, Weights(random, Width * Width), Width, Width)]);
        var (query, key, value) = (Projected("query"), Projected("key"), Projected("value"));
        if (Rotates) (query, key) = (Rotate(graph, query), Rotate(graph, key));
        var scores = graph.Node("MatMul", [query, graph.Node("Transpose", [key], ("perm", new[] { 0, 2, 1 }))]);
        if (MaskType is not null && !IsAcrossBatch) scores = graph.Node("Add", [scores, Bias(graph, ForgetsMask ? 0 : 1e9f)]);
        if (Rotates) scores = graph.Node("Add", [scores, Neighbours(graph)]);
        var attention = graph.Node("Softmax", [scores], ("axis", 2));
        return (graph.Node("MatMul", [attention, value]), attention);
    }

    /// <summary>0 where a token is, far below where none is; <c>[batch, 1, tokens]</c>.</summary>
    private static string Bias(GraphWriter graph, float far)
    {
        var hidden = graph.Node("Sub", [graph.Node("Cast", ["attention_mask"], ("to", GraphWriter.Float)), graph.Floats("unit", [1])]);
        return graph.Node("Unsqueeze", [graph.Node("Mul", [hidden, graph.Floats("far", [far])]), graph.Longs("axis1", 1)]);
    }

    /// <summary>Each token's place as a float, <c>[tokens]</c>.</summary>
    private static string Places(GraphWriter graph)
    {
        var tokens = graph.Node("Gather", [graph.Node("Shape", ["input_ids"]), graph.Long("one", 1)]);
        return graph.Node("Cast", [graph.Node("Range", [graph.Long("zero", 0), tokens, graph.Long("one", 1)])], ("to", GraphWriter.Float));
    }

    private static string Rotate(GraphWriter graph, string x)
    {
        float[] frequencies = [.. Enumerable.Range(0, Width).Select(i => MathF.Pow(10_000, -2f * (i % (Width / 2)) / Width))];
        var angles = graph.Node("Mul", [graph.Node("Unsqueeze", [Places(graph), graph.Longs("axis1", 1)]), graph.Floats("frequencies", frequencies, 1, Width)]);
        string Half(int start, int end) => graph.Node("Slice", [x, graph.Longs($"at{start}", start), graph.Longs($"at{end}", end), graph.Longs("last", 2)]);
        var turned = graph.Node("Concat", [graph.Node("Neg", [Half(Width / 2, Width)]), Half(0, Width / 2)], ("axis", 2));
        return graph.Node("Add", [graph.Node("Mul", [x, graph.Node("Cos", [angles])]), graph.Node("Mul", [turned, graph.Node("Sin", [angles])])]);
    }

    /// <summary>Far below where two tokens are more than 16 apart; <c>[tokens, tokens]</c>.</summary>
    private static string Neighbours(GraphWriter graph)
    {
        var places = Places(graph);
        var apart = graph.Node("Abs", [graph.Node("Sub", [graph.Node("Unsqueeze", [places, graph.Longs("axis1", 1)]), graph.Node("Unsqueeze", [places, graph.Longs("axis0", 0)])])]);
        return graph.Node("Mul", [graph.Node("Cast", [graph.Node("Greater", [apart, graph.Floats("window", [16])])], ("to", GraphWriter.Float)), graph.Floats("unseen", [-1e9f])]);
    }

    private static float[] Weights(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() - 0.5) * 2))];
}
