namespace Benchmarks.Scenarios;

/// <summary>A scenario as the command line and its help know it.</summary>
/// <param name="Name">Its option is this behind two dashes.</param>
/// <param name="Summary">What the help says of it.</param>
internal sealed record ScenarioChoice(string Name, string Summary, Func<ScenarioInputs, IScenario> Create)
{
    /// <summary>What is measured where no option names a scenario.</summary>
    public static ScenarioChoice Default { get; } = new(
        "table", "the table: engine, our server, our gateway, FastAPI, Node, tokenizers", inputs => new ComparisonScenario(inputs));

    public static IReadOnlyList<ScenarioChoice> Named { get; } =
    [
        new(
            "generate",
            "text generation; its own names come behind it: engine server gateway torch node\nllama genai, stories decoder, fp32 int8 nb8 q4,\nmix decode prefill arrivals first",
            inputs => new GenerationScenario(inputs))
        {
            Choose = (options, _) => options.ForGeneration(),
        },
        new("overload", "ten times what it can do, for 30 s", inputs => new Overload(inputs)),
        new("fuzz", "malformed and hostile bodies on every route", inputs => new Fuzz(inputs))
        {
            Value = "[N]",
            Choose = (options, words) => words.HasValue ? options with { FuzzCount = words.Count() } : options,
        },
        new("cache", "cache hits through the gateway", inputs => new CacheHits(inputs)),
        new("open-inference", "tensors by the Open Inference Protocol beside the same texts by /v1/classify", inputs => new RawTensors(inputs)),
        new("prefix", "conversations: the first token of later turns, with and without reuse", inputs => new ConversationTurns(inputs)),
        new("drafts", "greedy streams with drafts from their own text and without", inputs => new DraftedStreams(inputs)),
        new("weights", "generators in 8 bits by rows and by blocks: tokens as in fp32, and speed in turn;\nmodels: stories chat decoder; --rounds 0: no speed", inputs => new WeightForms(inputs))
        {
            Choose = (options, _) => options with { Models = ["stories", "chat", "decoder"], Rounds = 9 },
        },
        new("proxy", "what the gateway costs beside bare YARP and nginx", inputs => new ProxyOverhead(inputs)),
        new("drops", "a thousand dropped streams, four times", inputs => new DroppedStreams(inputs)),
        new("leave", "10,000 requests left at random moments, twice", inputs => new Departures(inputs)),
        new("constraints", "what grammars cost: compiling, masks, XGrammar, 16 streams", inputs => new ConstraintCost(inputs)),
        new("limits", "limits through two gateways, Redis and a gateway killed", inputs => new LimitsSoak(inputs)),
        new("autoscaling", "rules to scale model servers by, simulated; FILE: your own traffic", inputs => new AutoscalingRules(inputs))
        {
            Value = "[FILE]",
            Choose = (options, words) => words.HasValue ? options with { Trace = Path.GetFullPath(words.Value()) } : options,
        },
        new(
            "against",
            "this checkout beside another one that is built, in turn; models: distil stories gateway",
            inputs => new CheckoutComparison(inputs))
        {
            Value = "DIR",
            Choose = (options, words) => options with { Checkout = Path.GetFullPath(words.Value()), Models = ["distil", "stories", "gateway"] },
        },
    ];

    /// <summary>What stands behind its option, as the help writes it.</summary>
    public string Value { get; init; } = "";

    /// <summary>The options that hold once it is chosen; those behind it narrow them down.</summary>
    public Func<BenchmarkOptions, CommandLine, BenchmarkOptions> Choose { get; init; } = (options, _) => options;

    public static ScenarioChoice Of(string name) => Named.FirstOrDefault(s => s.Name == name) ?? Default;

    /// <summary>The lines of the help.</summary>
    public static IEnumerable<string> Help()
    {
        const int column = 46;
        var indented = "\n".PadRight(column + 1);
        foreach (var (option, summary) in Named.Select(s => ($"--{s.Name} {s.Value}", s.Summary)).Prepend(("[options]", Default.Summary)))
            yield return $"tests/Benchmarks/run {option}".PadRight(column) + summary.Replace("\n", indented, StringComparison.Ordinal);
    }
}
