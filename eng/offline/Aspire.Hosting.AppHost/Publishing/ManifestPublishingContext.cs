using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>What the writer of one manifest entry has at hand.</summary>
public sealed class ManifestPublishingContext(DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    public string ManifestPath { get; } = manifestPath;

    public Utf8JsonWriter Writer { get; } = writer;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Resources that entries mention without being in the model, such as generated passwords.</summary>
    internal List<ParameterResource> Mentioned { get; } = [];

    internal List<ReferenceExpression> Conditionals { get; } = [];

    internal List<(ParameterResource Parameter, string Format)> Formatted { get; } = [];

    public string? GetManifestRelativePath(string? path) => path is null ? null : Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(ManifestPath))!, path).Replace('\\', '/');

    /// <summary>Remembers what a value mentions, so that the manifest has it too.</summary>
    public void TryAddDependentResources(object? value)
    {
        switch (value)
        {
            case ParameterResource parameter:
                if (!Mentioned.Contains(parameter)) Mentioned.Add(parameter);
                break;
            case ReferenceExpression { IsConditional: true } conditional:
                if (Conditionals.All(c => c.Name != conditional.Name)) Conditionals.Add(conditional);
                break;
            case ReferenceExpression expression:
                foreach (var part in expression.Parts)
                {
                    if (part is { Provider: ParameterResource parameter, Format: { } format } && !Formatted.Contains((parameter, format))) Formatted.Add((parameter, format));
                    TryAddDependentResources(part.Provider);
                }

                break;
            case IResource:
                // Its own entry says what it mentions.
                break;
            case IValueWithReferences references:
                foreach (var reference in references.References) TryAddDependentResources(reference);
                break;
        }
    }
}
