using System.Globalization;
using System.Numerics;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>How numbers are written. Integers have at most 18 digits, so that they fit 64 bits, and neither point nor exponent. Other numbers have an exponent
/// of up to two digits where they have no bounds, and none where they have.</summary>
internal static class NumberText
{
    private const int Digits = 18;

    private static readonly Expression Free = Expression.Sequence(
        Expression.Optional(Expression.Text("-")),
        Whole(Digits),
        DigitText.AnyFraction(Digits),
        Expression.Optional(Expression.Sequence(
            new CharacterExpression([('E', 'E'), ('e', 'e')]),
            Expression.Optional(new CharacterExpression([('+', '+'), ('-', '-')])),
            Expression.Repeat(DigitText.Digit('0', '9'), 1, 2))));

    /// <exception cref="NotSupportedException">It is too large.</exception>
    public static Expression Of(NumberRange range, RuleSet rules)
    {
        if (range.IsInteger) return range.Modulus is { } modulus ? Multiples(range, modulus, rules) : Integers(range);
        if (range is { Min: null, Max: null }) return range.Decimals is { } decimals
            ? Expression.Sequence(Expression.Optional(Expression.Text("-")), Whole(Digits), DigitText.AnyFraction(decimals)) : Free;
        var bounded = Bounded(range);
        if (range.Decimals is not { } most) return bounded;
        // Cut to so many decimals: both are automata then.
        var cut = Expression.Sequence(Expression.Optional(Expression.Text("-")), Expression.Repeat(DigitText.Digit('0', '9'), 1), DigitText.AnyFraction(most));
        return AutomatonExpression.Of(AutomatonBuilder.Of(bounded, rules.Budget).Meet(AutomatonBuilder.Of(cut, rules.Budget), rules.Budget), RegexExpression.Character, rules);
    }

    private static Expression Whole(int digits) => Expression.Choice(Expression.Text("0"), FromOne(digits));

    private static Expression FromOne(int digits) => Expression.Sequence(DigitText.Digit('1', '9'), Expression.Repeat(DigitText.Digit('0', '9'), 0, digits - 1));

    private static Expression Integers(NumberRange range)
    {
        if (range is { Min: null, Max: null }) return Expression.Choice(Expression.Text("0"), Expression.Sequence(Expression.Optional(Expression.Text("-")), FromOne(Digits)));
        var (least, most) = Limits(range.Least, range.Most);
        List<Expression> options = [];
        if (least < 0) options.Add(Negative(DigitText.Integers(BigInteger.Max(1, -most), -least)));
        if (most >= 0) options.Add(DigitText.Integers(BigInteger.Max(0, least), most));
        return Expression.Choice([.. options]);
    }

    /// <summary>Integers by the remainder of what has been read.</summary>
    private static Expression Multiples(NumberRange range, BigInteger modulus, RuleSet rules)
    {
        if (modulus > 1000) throw new NotSupportedException("multiples of more than 1000 are not supported");
        var m = (int)modulus;
        // −1: nothing yet; −2: a sign.
        var multiples = CharacterAutomaton.Explore(-1, state => (state == 0, Next(state)), rules.Budget);
        return AutomatonExpression.Of(AutomatonBuilder.Of(Integers(range), rules.Budget).Meet(multiples, rules.Budget), RegexExpression.Character, rules);

        IEnumerable<(CharacterSet, int)> Next(int state)
        {
            if (state == -1) yield return (CharacterSet.Of('-'), -2);
            for (var digit = 0; digit < 10; digit++) yield return (CharacterSet.Of('0' + digit), ((Math.Max(state, 0) * 10) + digit) % m);
        }
    }

    private static Expression Bounded(NumberRange range)
    {
        List<Expression> options = [];
        var (min, max) = (range.Min, range.Max);
        if (min is null || min.Value.Value.Mantissa.Sign < 0)
        {
            // As far from zero as the bounds say, and never zero itself, which has no sign.
            var near = max is { Value.Mantissa.Sign: < 0 } m ? new NumberBound(-m.Value, m.IsExclusive) : new NumberBound(BigInteger.Zero, true);
            options.Add(Negative(Positive(near, min is { } far ? new(-far.Value, far.IsExclusive) : null)));
        }

        var low = min is { Value.Mantissa.Sign: >= 0 } positive ? positive : new NumberBound(BigInteger.Zero, false);
        if (max is null || max.Value.Value.Mantissa.Sign > 0 || (max.Value is { Value.Mantissa.Sign: 0, IsExclusive: false } && !low.IsExclusive)) options.Add(Positive(low, max));
        return Expression.Choice([.. options]);
    }

    private static Expression Positive(NumberBound min, NumberBound? max)
    {
        var (first, last) = Limits(min.Value.Floor, max?.Value.Floor);
        var high = max ?? new(last, false);
        // A bound beyond the digits that are written takes nothing away.
        if (high.Value > last + 1) high = new(last, false);
        var (low, top) = (min.Value.Fraction(), high.Value.Fraction());
        if (first == last) return Expression.Sequence(Number(first), DigitText.Between(low, min.IsExclusive, top, high.IsExclusive));
        List<Expression> options = [Expression.Sequence(Number(first), DigitText.Above(low, min.IsExclusive))];
        if (last - first > 1) options.Add(Expression.Sequence(DigitText.Integers(first + 1, last - 1), DigitText.AnyFraction(DigitText.FractionDigits)));
        // An integer below which all must be has no texts of its own.
        if (top.Length > 0 || !high.IsExclusive) options.Add(Expression.Sequence(Number(last), DigitText.Below(top, high.IsExclusive)));
        return Expression.Choice(options);
    }

    /// <summary>As many digits as others have; more where the bounds leave none of those.</summary>
    private static (BigInteger Least, BigInteger Most) Limits(BigInteger? least, BigInteger? most)
    {
        var beyond = ExactNumber.Power(Digits) - 1;
        if (least > beyond) beyond = ExactNumber.Power(Length(least.Value) + 1) - 1;
        if (most < -beyond) beyond = ExactNumber.Power(Length(most.Value) + 1) - 1;
        return (BigInteger.Max(least ?? -beyond, -beyond), BigInteger.Min(most ?? beyond, beyond));
    }

    private static int Length(BigInteger number) => BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).Length;

    private static Expression Number(BigInteger number) => Expression.Text(number.ToString(CultureInfo.InvariantCulture));

    private static Expression Negative(Expression magnitude) => Expression.Sequence(Expression.Text("-"), magnitude);
}
