using System.Globalization;
using System.Numerics;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Digits by their values: integers between bounds, fractions above and below others.</summary>
internal static class DigitText
{
    /// <summary>The most digits behind a point beyond those of a bound.</summary>
    public const int FractionDigits = 15;

    /// <summary>The integers from the least to the most, neither negative, without leading zeros.</summary>
    public static Expression Integers(BigInteger least, BigInteger most)
    {
        var options = new List<Expression>();
        for (var digits = Text(least).Length; digits <= Text(most).Length; digits++)
        {
            var (first, last) = (digits == 1 ? 0 : ExactNumber.Power(digits - 1), ExactNumber.Power(digits) - 1);
            options.Add(OfOneLength(Text(BigInteger.Max(first, least)), Text(BigInteger.Min(last, most))));
        }

        return Expression.Choice(options);
    }

    /// <summary>A point and digits that are more than others, or nothing where that is as much.</summary>
    public static Expression Above(string fraction, bool isExclusive) => Pointed(AtLeast(fraction, 0, isExclusive), fraction.Length == 0 && !isExclusive);

    public static Expression Below(string fraction, bool isExclusive) => Pointed(AtMost(fraction, 0, isExclusive), fraction.Length > 0 || !isExclusive);

    public static Expression Between(string low, bool isLowExclusive, string high, bool isHighExclusive)
        => Pointed(Within(low, isLowExclusive, high, isHighExclusive, 0), low.Length == 0 && !isLowExclusive && (high.Length > 0 || !isHighExclusive));

    /// <summary>A point and any digits, or nothing.</summary>
    public static Expression AnyFraction(int max) => max == 0 ? Expression.Nothing : Pointed(Expression.Repeat(Digit('0', '9'), 1, max), mayBeNothing: true);

    public static Expression Digit(char first, char last) => RegexExpression.Character(CharacterSet.Of((first, last)));

    private static Expression Any => Expression.Repeat(Digit('0', '9'), 0, FractionDigits);

    private static Expression OfOneLength(string low, string high)
    {
        if (low == high) return Expression.Text(low);
        var rest = low.Length - 1;
        if (low.All(c => c == '0') && high.All(c => c == '9')) return Expression.Repeat(Digit('0', '9'), low.Length, low.Length);
        if (low[0] == high[0]) return Expression.Sequence(Expression.Text(low[..1]), OfOneLength(low[1..], high[1..]));
        if (rest == 0) return Digit(low[0], high[0]);
        var (zeros, nines) = (new string('0', rest), new string('9', rest));
        var (first, last) = (low[0], high[0]);
        var options = new List<Expression>();
        if (low[1..] != zeros) options.Add(Expression.Sequence(Expression.Text($"{first++}"), OfOneLength(low[1..], nines)));
        var isHighWhole = high[1..] == nines;
        if (!isHighWhole) last--;
        if (first <= last) options.Add(Expression.Sequence(Digit(first, last), Expression.Repeat(Digit('0', '9'), rest, rest)));
        if (!isHighWhole) options.Add(Expression.Sequence(Expression.Text(high[..1]), OfOneLength(zeros, high[1..])));
        return Expression.Choice(options);
    }

    /// <summary>The digits behind place <paramref name="at"/>, of which there is at least one at the first place.</summary>
    private static Expression AtLeast(string bound, int at, bool isExclusive)
    {
        if (at == bound.Length)
        {
            if (isExclusive) return Expression.Sequence(Expression.Repeat(Expression.Text("0"), 0, FractionDigits), Digit('1', '9'), Any);
            return at == 0 ? Expression.Repeat(Digit('0', '9'), 1, FractionDigits) : Any;
        }

        var digit = bound[at];
        List<Expression> options = [Expression.Sequence(Expression.Text($"{digit}"), AtLeast(bound, at + 1, isExclusive))];
        if (digit < '9') options.Add(Expression.Sequence(Digit((char)(digit + 1), '9'), Any));
        return Expression.Choice(options);
    }

    private static Expression AtMost(string bound, int at, bool isExclusive)
    {
        if (at == bound.Length) return isExclusive ? Expression.Choice([]) : Expression.Repeat(Expression.Text("0"), at == 0 ? 1 : 0, FractionDigits);
        var digit = bound[at];
        List<Expression> options = [Expression.Sequence(Expression.Text($"{digit}"), AtMost(bound, at + 1, isExclusive))];
        if (digit > '0') options.Add(Expression.Sequence(Digit('0', (char)(digit - 1)), Any));
        return at == 0 ? Expression.Choice(options) : Expression.Optional(Expression.Choice(options));
    }

    private static Expression Within(string low, bool isLowExclusive, string high, bool isHighExclusive, int at)
    {
        if (at == high.Length) return at >= low.Length && !isLowExclusive && !isHighExclusive ? Expression.Repeat(Expression.Text("0"), at == 0 ? 1 : 0, FractionDigits) : Expression.Choice([]);
        var (from, to) = (at < low.Length ? low[at] : '0', high[at]);
        List<Expression> options = [];
        if (from == to)
        {
            options.Add(Expression.Sequence(Expression.Text($"{from}"), Within(low, isLowExclusive, high, isHighExclusive, at + 1)));
        }
        else
        {
            options.Add(Expression.Sequence(Expression.Text($"{from}"), AtLeastOrNothing(low, at + 1, isLowExclusive)));
            if (to - from > 1) options.Add(Expression.Sequence(Digit((char)(from + 1), (char)(to - 1)), Any));
            options.Add(Expression.Sequence(Expression.Text($"{to}"), AtMost(high, at + 1, isHighExclusive)));
        }

        // The digits may end here where the rest of the lower bound is nothing: what is left of the higher one is more.
        return at > 0 && at >= low.Length && !isLowExclusive ? Expression.Optional(Expression.Choice(options)) : Expression.Choice(options);
    }

    private static Expression AtLeastOrNothing(string bound, int at, bool isExclusive) => AtLeast(bound, Math.Min(at, bound.Length), isExclusive) switch
    {
        RepeatExpression { Min: 1 } => Any,
        var expression => expression,
    };

    private static Expression Pointed(Expression digits, bool mayBeNothing)
    {
        var pointed = Expression.Sequence(Expression.Text("."), digits);
        return mayBeNothing ? Expression.Optional(pointed) : pointed;
    }

    private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);
}
