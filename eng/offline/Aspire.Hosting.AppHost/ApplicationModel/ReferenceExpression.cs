using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Text with holes filled by other resources' values, or one of two such texts chosen when the application runs.</summary>
public class ReferenceExpression : IManifestExpressionProvider, IValueProvider, IValueWithReferences
{
    public static readonly ReferenceExpression Empty = new([]);

    private readonly ExpressionPart[] _parts;
    private readonly (IValueProvider Condition, string Match, ReferenceExpression WhenTrue, ReferenceExpression WhenFalse)? _choice;

    internal ReferenceExpression(ExpressionPart[] parts) => _parts = parts;

    private ReferenceExpression(IValueProvider condition, string match, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
    {
        _parts = [];
        _choice = (condition, match, whenTrue, whenFalse);
        Name = ConditionalName.Of(condition, match, whenTrue, whenFalse);
    }

    public string Format
    {
        get
        {
            var hole = 0;
            return string.Concat(_parts.Select(p => p.Provider is null ? p.Literal!.Replace("{", "{{").Replace("}", "}}") : string.Create(CultureInfo.InvariantCulture, $"{{{hole++}}}")));
        }
    }

    public IReadOnlyList<IValueProvider> ValueProviders =>
        _choice is { } c ? [.. c.WhenTrue.ValueProviders, .. c.WhenFalse.ValueProviders] : [.. _parts.Where(p => p.Provider is not null).Select(p => p.Provider!)];

    public IReadOnlyList<string> ManifestExpressions => [.. _parts.Where(p => p.Provider is not null).Select(p => ((IManifestExpressionProvider)p.Provider!).ValueExpression)];

    public bool IsConditional => _choice is not null;

    public IValueProvider? Condition => _choice?.Condition;

    public string? MatchValue => _choice?.Match;

    public ReferenceExpression? WhenTrue => _choice?.WhenTrue;

    public ReferenceExpression? WhenFalse => _choice?.WhenFalse;

    public string ValueExpression => IsConditional ? $"{{{Name}.connectionString}}" : string.Concat(_parts.Select(p => p.ManifestText));

    IEnumerable<object> IValueWithReferences.References => _choice is { } c
        ? [c.Condition, c.WhenTrue, c.WhenFalse]
        : _parts.Where(p => p.Provider is not null).Select(p => (object)p.Provider!);

    /// <summary>Under which name the manifest lists a conditional expression.</summary>
    internal string? Name { get; }

    internal IReadOnlyList<ExpressionPart> Parts => _parts;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Build();

    public static ReferenceExpression CreateConditional(IValueProvider condition, string matchValue, ReferenceExpression whenTrue, ReferenceExpression whenFalse)
        => new(condition, matchValue, whenTrue, whenFalse);

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        if (_choice is { } c)
        {
            var value = await c.Condition.GetValueAsync(cancellationToken).ConfigureAwait(false);
            var branch = string.Equals(value, c.Match, StringComparison.OrdinalIgnoreCase) ? c.WhenTrue : c.WhenFalse;
            return await branch.GetValueAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_parts.Length == 0) return null;
        var text = new string?[_parts.Length];
        for (var i = 0; i < _parts.Length; i++) text[i] = await _parts[i].GetTextAsync(cancellationToken).ConfigureAwait(false);
        return string.Concat(text);
    }

    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly List<ExpressionPart> _parts = new(formattedCount * 2 + Math.Sign(literalLength));

        public readonly void AppendLiteral(string value) => _parts.Add(new(value, null, null));

        public readonly void AppendFormatted(string? value) => AppendFormatted(value, null);

        public readonly void AppendFormatted(string? value, string? format = null)
        {
            if (value is not null) _parts.Add(new(ExpressionPart.Encode(value, format), null, null));
        }

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider, null);

        public void AppendFormatted<T>(T valueProvider, string? format = null)
            where T : IValueProvider, IManifestExpressionProvider => _parts.Add(new(null, valueProvider, format));

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider.Resource, null);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format = null)
            where T : IResource, IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider.Resource, format);

        internal readonly ReferenceExpression Build() => _parts.Count == 0 ? Empty : new([.. _parts]);
    }
}

/// <summary>Collects an expression piece by piece.</summary>
public class ReferenceExpressionBuilder
{
    private readonly List<ExpressionPart> _parts = [];

    public bool IsEmpty => _parts.Count == 0;

    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler) => _ = handler;

    public void AppendLiteral(string value) => _parts.Add(new(value, null, null));

    public void AppendFormatted(string? value, string? format = null)
    {
        if (value is not null) AppendLiteral(ExpressionPart.Encode(value, format));
    }

    public void AppendFormatted<T>(T valueProvider, string? format = null)
        where T : IValueProvider, IManifestExpressionProvider => _parts.Add(new(null, valueProvider, format));

    public ReferenceExpression Build() => new([.. _parts]);

    [InterpolatedStringHandler]
    public readonly ref struct ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder)
    {
        internal int Length { get; } = literalLength + formattedCount;

        public void AppendLiteral(string value) => builder.AppendLiteral(value);

        public void AppendFormatted(string? value, string? format = null) => builder.AppendFormatted(value, format);

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => builder.AppendFormatted(valueProvider);

        public void AppendFormatted<T>(T valueProvider, string? format = null)
            where T : IValueProvider, IManifestExpressionProvider => builder.AppendFormatted(valueProvider, format);
    }
}
