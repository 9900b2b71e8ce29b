namespace Aspire.Hosting.ApplicationModel;

/// <summary>A literal, or a hole with the value that fills it and how that is encoded (<c>uri</c> is the only format there is).</summary>
internal readonly record struct ExpressionPart(string? Literal, IValueProvider? Provider, string? Format)
{
    /// <summary>The hole as a manifest writes it. A formatted parameter becomes an entry of its own, named after parameter and format.</summary>
    public string ManifestText => Provider switch
    {
        null => Literal!,
        ParameterResource parameter when Format is not null => $"{{{FormattedName(parameter, Format)}.value}}",
        _ => ((IManifestExpressionProvider)Provider).ValueExpression,
    };

    public static string FormattedName(ParameterResource parameter, string format) => $"{parameter.Name}-{format.ToLowerInvariant()}-encoded";

    public static string Encode(string value, string? format) => format?.ToLowerInvariant() switch
    {
        null => value,
        "uri" => Uri.EscapeDataString(value),
        _ => throw new FormatException($"The format '{format}' is not supported. Supported formats are: uri (encodes a URI)"),
    };

    public async ValueTask<string?> GetTextAsync(CancellationToken cancellationToken)
    {
        if (Provider is null) return Literal;
        var value = await Provider.GetValueAsync(cancellationToken).ConfigureAwait(false);
        return value is null ? null : Encode(value, Format);
    }
}
