using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Texts of a task in the form of tensors: one input of type BYTES, and outputs that say what the task says.</summary>
internal sealed class TextPipeline(ModelCatalog catalog, IEnumerable<ITextTensors> tasks, IOptions<OpenInferenceOptions> options)
{
    /// <summary>What KServe's server for Hugging Face models calls its first input and output; <see cref="Alias"/> is taken too.</summary>
    public const string Input = "input-0", Output = "output-0";

    private const string Alias = "text";
    private readonly ITextTensors[] _tasks = [.. tasks];

    /// <summary>What a model's task makes of texts; null where it makes nothing.</summary>
    public ITextTensors? Of(LoadedModel model) => Array.Find(_tasks, t => t.Task == model.Task);

    /// <exception cref="InvalidFieldException">The request does not suit the model.</exception>
    public async Task<InferAnswer> RunAsync(string reference, InferRequest request, Caller caller, CancellationToken cancellationToken)
    {
        // 1. What the model's task makes of texts.
        var (task, outputs) = Find(reference, request, caller);
        var input = request.Inputs[0];
        var expected = task.InputShape;
        if (input.Shape.Length != expected.Length || (expected is [_, var columns] && input.Shape[1] != columns))
            throw InputReader.Wrong(input.Name, $"has the shape [{string.Join(", ", input.Shape)}]; the model's task takes texts as [{string.Join(", ", expected)}].");
        if (input.Shape[0] > options.Value.MaxTexts) throw InputReader.Wrong(input.Name, $"has {input.Shape[0]} rows; at most {options.Value.MaxTexts} are allowed.");
        if (Array.Exists(input.Texts!, t => t.Length == 0)) throw InputReader.Wrong(input.Name, "has an empty text.");

        // 2. The way of the task's own route.
        var answer = await task.AnswerAsync(reference, input.Texts!, caller, cancellationToken);

        // 3. Those outputs that are wanted.
        return new(answer.Version, answer.Timing, [.. outputs.Select(wanted => Outputs.Of(Array.Find(answer.Outputs, o => o.Name == wanted.Name)!, wanted, request, []))]);
    }

    private (ITextTensors Task, RequestedOutput[] Outputs) Find(string reference, InferRequest request, Caller caller)
    {
        using var lease = catalog.AcquireNamed(reference, caller.User);
        var name = request.Inputs[0].Name;
        if (Of(lease.Loaded) is not { } task) throw new InvalidFieldException("inputs", $"The model '{lease.Version.Name}' does {lease.Loaded.Task}, which takes no texts here.", "unsupported_parameter");
        if (name is not (Input or Alias)) throw InputReader.Wrong(name, $"is none of the model's; texts are sent as '{Input}'.");
        return (task, TensorFit.Outputs(task.Outputs(lease.Loaded), request));
    }
}

/// <summary>What a task makes of texts, in the form of tensors.</summary>
internal interface ITextTensors
{
    /// <summary>The <see cref="ITask.Name"/> of the models it is for.</summary>
    string Task { get; }

    /// <summary>Of the texts: one for each row, or a pair.</summary>
    long[] InputShape { get; }

    TensorSpec[] Outputs(LoadedModel model);

    /// <param name="texts">Row by row, of <see cref="InputShape"/>.</param>
    Task<TextAnswer> AnswerAsync(string reference, string[] texts, Caller caller, CancellationToken cancellationToken);
}

/// <param name="Outputs">All that the task has.</param>
internal sealed record TextAnswer(ModelVersion Version, Timing Timing, TensorOutput[] Outputs)
{
    public static TensorOutput Of<T>(string name, TensorType type, long[] shape, T[] values)
        where T : unmanaged => new(name, type, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
