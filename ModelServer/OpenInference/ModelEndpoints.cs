using System.Security.Claims;
using ModelServer.Models;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary><c>GET /v2/models/{model}[/versions/{version}][/ready]</c>: what a model takes and gives, and whether it answers.</summary>
internal static class ModelEndpoints
{
    /// <summary>The protocol's word for a graph of ONNX.</summary>
    private const string Platform = "onnx_onnxv1";

    public static InferenceModel Describe(string model, string? version, ModelCatalog catalog, TextPipeline texts, ClaimsPrincipal user)
    {
        using var lease = catalog.AcquireNamed(Reference(model, version), user);
        var (name, loaded) = (lease.Version.Name, lease.Loaded);
        string[] versions = [.. catalog.Versions.Where(v => v.Name == name && v.State == ModelState.Ready && v.IsVisibleTo(user)).Select(v => v.Version)];
        var (inputs, outputs) = (loaded.Graph?.Inputs.Select(Describe) ?? [], loaded.Graph?.Outputs.Select(Describe) ?? []);
        if (texts.Of(loaded) is { } task)
        {
            inputs = inputs.Append(new(TextPipeline.Input, TensorType.Text.Name, task.InputShape));
            outputs = outputs.Concat(task.Outputs(loaded).Select(Describe));
        }

        return new(name, versions, Platform, [.. inputs], [.. outputs]);
    }

    /// <returns>What is not ready is an exception, with the reason.</returns>
    public static InferenceModelReady Ready(string model, string? version, ModelCatalog catalog, ClaimsPrincipal user)
    {
        using var lease = catalog.AcquireNamed(Reference(model, version), user);
        return new(lease.Version.Name, Ready: true);
    }

    private static string Reference(string model, string? version) => version is null ? model : $"{model}:{version}";

    private static InferenceTensor Describe(TensorSpec spec) => new(spec.Name, spec.Type.Name, spec.Shape);
}
