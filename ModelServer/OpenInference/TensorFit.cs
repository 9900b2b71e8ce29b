using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Holds a request against what a model's graph takes and gives.</summary>
internal static class TensorFit
{
    private const string Ids = "input_ids";

    /// <returns>In the graph's order.</returns>
    /// <exception cref="InvalidFieldException">An input is missing, unknown or of another type or shape; or ids are none of the model's.</exception>
    public static TensorInput[] Inputs(LoadedModel model, InferRequest request, OpenInferenceOptions limits)
    {
        var graph = model.Graph!;
        foreach (var input in request.Inputs)
            if (!Array.Exists(graph.Inputs, s => s.Name == input.Name)) throw Wrong(input, $"is none of the model's, which are {Names(graph.Inputs)}.");
        var inputs = new TensorInput[graph.Inputs.Length];
        var axes = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
        {
            var spec = graph.Inputs[i];
            var input = Array.Find(request.Inputs, n => n.Name == spec.Name) ?? throw new InvalidFieldException("inputs", $"The input '{spec.Name}' is missing; the model's are {Names(graph.Inputs)}.", "field_required");
            Check(input, spec, axes);
            if (spec.Name == Ids) CheckIds(input, model);
            inputs[i] = new(input.Shape, input.Data);
        }

        if (!graph.HasRows)
        {
            var most = Array.Find(request.Inputs, i => InputReader.Count(i.Shape) > limits.MaxElements);
            return most is null ? inputs : throw Wrong(most, $"has {InputReader.Count(most.Shape)} elements; at most {limits.MaxElements} are allowed for this model, whose graph cannot be run in parts.");
        }

        // Their first axis is one, whether it has a name or not.
        if (Array.Exists(inputs, i => i.Shape[0] != inputs[0].Shape[0])) throw new InvalidFieldException("inputs", "The inputs do not have the same number of rows.");
        return inputs[0].Shape[0] <= limits.MaxRows ? inputs : throw new InvalidFieldException("inputs", $"The inputs have {inputs[0].Shape[0]} rows; at most {limits.MaxRows} are allowed.");
    }

    /// <summary>The outputs that are wanted, in the order in which they are.</summary>
    public static RequestedOutput[] Outputs(IReadOnlyList<TensorSpec> known, InferRequest request)
    {
        if (request.Outputs is not { } wanted) return [.. known.Select(o => new RequestedOutput(o.Name))];
        foreach (var output in wanted)
            if (!known.Any(o => o.Name == output.Name))
                throw new InvalidFieldException("outputs", $"The output '{JsonMembers.Shortened(output.Name)}' is none of the model's, which are {Names(known)}.");
        return wanted;
    }

    private static void Check(InferInput input, TensorSpec spec, Dictionary<string, long> axes)
    {
        if (input.Type != spec.Type) throw Wrong(input, $"is {input.Type.Name}; the model takes {spec.Type.Name}.");
        var fits = input.Shape.Length == spec.Shape.Length;
        for (var i = 0; i < spec.Shape.Length && fits; i++) fits = spec.Shape[i] < 0 || spec.Shape[i] == input.Shape[i];
        if (!fits) throw Wrong(input, $"has the shape [{string.Join(", ", input.Shape)}]; the model takes [{string.Join(", ", spec.Shape)}].");
        for (var i = 0; i < spec.Axes.Length; i++)
        {
            if (spec.Axes[i] is not { Length: > 0 } axis || axes.TryAdd(axis, input.Shape[i]) || axes[axis] == input.Shape[i]) continue;
            throw Wrong(input, $"has {input.Shape[i]} on axis {i}, where another input has {axes[axis]} of the same.");
        }
    }

    /// <summary>What the graph would fail on, or take for something else: rows longer than it has places, ids beyond its vocabulary.</summary>
    private static void CheckIds(InferInput input, LoadedModel model)
    {
        if (input.Shape.Length != 2 || model is not EncoderModel encoder) return;
        if (input.Shape[1] > model.MaxTokens) throw Wrong(input, $"has rows of {input.Shape[1]} tokens; the model takes at most {model.MaxTokens}.");
        var isFine = input.Type.Bytes == sizeof(long) ? AreWithin<long>(input.Data.Span, encoder.VocabularySize) : AreWithin<int>(input.Data.Span, encoder.VocabularySize);
        if (!isFine) throw Wrong(input, $"has an id that is none of the model's, which are 0 to {encoder.VocabularySize - 1}.");
    }

    private static bool AreWithin<T>(ReadOnlySpan<byte> data, int count)
        where T : unmanaged, INumber<T>
    {
        var ids = MemoryMarshal.Cast<byte, T>(data);
        return TensorPrimitives.Min(ids) >= T.Zero && TensorPrimitives.Max(ids) < T.CreateChecked(count);
    }

    private static string Names(IEnumerable<TensorSpec> specs) => string.Join(", ", specs.Select(s => s.Name));

    private static InvalidFieldException Wrong(InferInput input, string what) => InputReader.Wrong(input.Name, what);
}
