using ServiceDefaults.Contracts;
using ServiceDefaults.Errors;

namespace ServiceDefaults.Drift;

/// <summary>Checks baselines that come from outside.</summary>
public static class DriftBaselines
{
    /// <summary>What is wrong with one by itself, or null.</summary>
    public static FieldError? Fault(DriftBaseline? baseline)
    {
        if (baseline?.Features is not { Count: > 0 } features) return FieldError.Required("features");
        foreach (var (name, values) in features)
        {
            if (!DriftFeatures.Numeric.Contains(name)) return new("features", $"features must be some of {string.Join(", ", DriftFeatures.Numeric)}.");
            if (values is not { Length: >= DriftBaseline.LeastValues and <= DriftBaseline.MostValues })
                return new($"features.{name}", $"features.{name} must have {DriftBaseline.LeastValues} to {DriftBaseline.MostValues} numbers.");
            if (!Array.TrueForAll(values, float.IsFinite)) return new($"features.{name}", $"features.{name} has a number that is too large.");
        }

        foreach (var (_, label) in baseline.Labels ?? [])
            if (label is not { Count: >= 0 and <= int.MaxValue }) return new("labels", "labels must have a count of at least 0 each.");
        return null;
    }

    /// <summary>What is wrong with one for a version, or null.</summary>
    /// <param name="features">What is watched of the version.</param>
    public static FieldError? Fault(DriftBaseline? baseline, string[] features, string[] labels)
    {
        if (Fault(baseline) is { } fault) return fault;
        if (baseline!.Features.Keys.FirstOrDefault(name => !features.Contains(name)) is { } other)
            return new("features", $"The model has no {other}; what is watched of it: {string.Join(", ", features)}.");
        return baseline.Labels?.Keys.FirstOrDefault(name => !labels.Contains(name)) is null ? null : new("labels", labels is [] ? "The model has no labels." : $"labels must be some of {string.Join(", ", labels)}.");
    }
}
