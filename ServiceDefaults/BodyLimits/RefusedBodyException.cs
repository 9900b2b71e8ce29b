namespace ServiceDefaults.BodyLimits;

/// <summary>A request body that no route could read. Not an <see cref="IOException"/>: those the framework answers by itself, without a word.</summary>
/// <param name="code">A stable machine-readable word.</param>
public sealed class RefusedBodyException(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;
}
