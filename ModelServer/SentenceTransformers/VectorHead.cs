using System.Numerics.Tensors;
using ModelServer.ModelFiles;

namespace ModelServer.SentenceTransformers;

/// <summary>The modules of <c>modules.json</c> that a graph does not hold: what is done to a pooled vector, or to each token's.</summary>
internal sealed class VectorHead
{
    /// <summary>What modules call the vector of a text, and those of its tokens.</summary>
    public const string Pooled = "sentence_embedding", Tokens = "token_embeddings";

    public static readonly VectorHead None = new([]);

    private readonly IReadOnlyList<VectorStep> _steps;

    private VectorHead(IReadOnlyList<VectorStep> steps)
    {
        _steps = steps;
        foreach (var step in steps)
        {
            if (OutputWidth is { } given && step.InputWidth is { } taken && given != taken)
                throw new ModelLoadException($"modules.json: a module gives {given} numbers and the next takes {taken}.");
            InputWidth ??= step.InputWidth;
            OutputWidth = step.OutputWidth ?? OutputWidth;
        }
    }

    /// <summary>Floats of what goes in; null for any number.</summary>
    public int? InputWidth { get; }

    /// <summary>Floats of what comes out; null for as many as go in.</summary>
    public int? OutputWidth { get; }

    /// <summary>Reads the modules in their order.</summary>
    /// <param name="input">What they must be made for: <see cref="Pooled"/> or <see cref="Tokens"/>.</param>
    /// <exception cref="ModelLoadException">A module is not supported, or its files are not what they should be.</exception>
    public static VectorHead Read(ModelFolder folder, IEnumerable<SentenceModule> modules, string input)
        => modules.ToArray() is { Length: > 0 } all ? new([.. all.Select(m => Step(folder, m, input)).OfType<VectorStep>()]) : None;

    /// <summary>A single matrix, without bias.</summary>
    public static VectorHead Of(int inputs, int outputs, float[] weights) => new([new DenseStep(inputs, outputs, weights, null, Nothing)]);

    /// <summary>Whether a vector of so many floats has been through the steps already: some exports have them in their graph.</summary>
    public bool IsBehind(int width) => OutputWidth is { } output && width == output && width != InputWidth;

    /// <param name="vector">May be written into.</param>
    /// <exception cref="ModelLoadException">It has another width.</exception>
    public float[] Apply(float[] vector)
    {
        if (InputWidth is { } width && width != vector.Length)
            throw new ModelLoadException($"modules.json: the first of its heads takes {width} numbers; the graph gives {vector.Length}.");
        foreach (var step in _steps) vector = step.Apply(vector);
        return vector;
    }

    private static VectorStep? Step(ModelFolder folder, SentenceModule module, string input) => module.Kind switch
    {
        "Dense" => Dense(folder, module, input),
        "LayerNorm" => LayerNorm(folder, module),
        "Normalize" => new NormalizeStep(),
        // Does nothing once a model is trained.
        "Dropout" => null,
        var kind => throw new ModelLoadException($"modules.json: the module '{kind}' is not supported."),
    };

    private static DenseStep Dense(ModelFolder folder, SentenceModule module, string input)
    {
        var file = $"{module.Path}/config.json";
        var config = ModelJson.Read(Find(folder, file), SentenceJson.Default.DenseConfig);
        var (inputs, outputs) = (config.InFeatures, config.OutFeatures);
        if (inputs < 1 || outputs < 1) throw new ModelLoadException($"{file}: in_features and out_features must be at least 1.");
        // PyLate applies any to tokens.
        var reads = config.ModuleInputName ?? input;
        if (reads != input && input == Pooled) throw new ModelLoadException($"{file}: module_input_name '{reads}' is not supported here.");
        if (config.ModuleOutputName is { } writes && writes != reads) throw new ModelLoadException($"{file}: module_output_name '{writes}' is not supported here.");

        using var weights = Weights(folder, module);
        return new(
            inputs,
            outputs,
            weights.Read("linear.weight", outputs, inputs),
            config.Bias ?? true ? weights.Read("linear.bias", outputs) : null,
            // Older files of PyLate name none.
            Activation(config.ActivationFunction ?? (input == Pooled ? "" : "Identity"), file),
            config.UseResidual != true ? null : inputs == outputs ? [] : weights.Read("residual.weight", outputs, inputs));
    }

    private static LayerNormStep LayerNorm(ModelFolder folder, SentenceModule module)
    {
        var file = $"{module.Path}/config.json";
        var width = ModelJson.Read(Find(folder, file), SentenceJson.Default.LayerNormConfig).Dimension;
        if (width < 1) throw new ModelLoadException($"{file}: dimension must be at least 1.");
        using var weights = Weights(folder, module);
        return new(weights.Read("norm.weight", width), weights.Read("norm.bias", width));
    }

    private static SafetensorsFile Weights(ModelFolder folder, SentenceModule module)
    {
        if (folder.Find($"{module.Path}/model.safetensors") is { } path) return new(path);
        if (folder.Look($"{module.Path}/pytorch_model.bin") is not null)
            throw new ModelLoadException($"{module.Path}/pytorch_model.bin is a pickle, which is a program and not read: save the model again with safetensors, as newer releases of sentence-transformers do (save_pretrained).");
        throw new ModelLoadException($"modules.json: there is no {module.Path}/model.safetensors.");
    }

    private static Action<Span<float>> Activation(string name, string file) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "Identity" => Nothing,
        "Tanh" => static v => TensorPrimitives.Tanh(v, v),
        "ReLU" => static v => TensorPrimitives.Max(v, 0f, v),
        "Sigmoid" => static v => TensorPrimitives.Sigmoid(v, v),
        "SiLU" => SiLU,
        "" => throw new ModelLoadException($"{file} names no activation_function."),
        _ => throw new ModelLoadException($"{file}: the activation_function '{name}' is not supported: Identity, Tanh, ReLU, Sigmoid and SiLU of torch.nn are."),
    };

    private static void Nothing(Span<float> vector)
    {
    }

    private static void SiLU(Span<float> vector)
    {
        for (var i = 0; i < vector.Length; i++) vector[i] /= 1 + MathF.Exp(-vector[i]);
    }

    private static string Find(ModelFolder folder, string file) => folder.Find(file) ?? throw new ModelLoadException($"modules.json: there is no {file}.");
}
