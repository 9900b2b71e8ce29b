using System.Globalization;
using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Checks one golden case: its tolerance, and the sentences for what is wrong with it.</summary>
/// <param name="Number">Its place in <c>serving.json</c>.</param>
internal readonly record struct GoldenCheck(int Number, double Tolerance)
{
    public const double DefaultTolerance = 1e-4;

    /// <summary>Compares a loaded version with the answers its folder promises; a difference is a reason not to serve.</summary>
    /// <exception cref="ModelLoadException">An answer differs by more than the tolerance.</exception>
    public static void VerifyAll(LoadedModel model)
    {
        var serving = model.Source.Serving;
        var tolerance = serving.GoldenTolerance.GetValueOrDefault(model.Variant, DefaultTolerance);
        for (var i = 0; i < serving.Golden.Length; i++) model.Verify(serving.Golden[i], new(i, tolerance));
    }

    /// <exception cref="ModelLoadException">The two differ by more than the tolerance.</exception>
    public void Compare(string what, double actual, double expected)
    {
        // A number that is none is never close.
        if (!(Math.Abs(actual - expected) <= Tolerance))
            throw new ModelLoadException(string.Create(
                CultureInfo.InvariantCulture, $"Golden case {Number} scores {actual:F6} for {what} instead of {expected:F6} (tolerance {Tolerance})."));
    }

    public ModelLoadException IsNotOf(string task) => new($"serving.json: golden case {Number} is not one of {task}.");

    /// <param name="what">Continues the sentence <c>golden case 0 …</c>.</param>
    public ModelLoadException Wrong(string what, Exception? inner = null) => new($"serving.json: golden case {Number}{what}", inner);
}
