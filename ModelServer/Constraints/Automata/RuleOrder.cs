namespace ModelServer.Constraints.Automata;

/// <summary>Orders rules so that each comes behind those it refers to, and finds those that come to themselves (Tarjan 1972, without recursion: rules
/// may form long chains).</summary>
internal static class RuleOrder
{
    public static void Sort(Rule root, List<Rule> order)
    {
        var numbers = new Dictionary<Rule, int>();
        var lowest = new Dictionary<Rule, int>();
        var component = new Stack<Rule>();
        var isOpen = new HashSet<Rule>();
        var path = new Stack<(Rule Rule, int Next)>();
        Enter(root);
        while (path.TryPop(out var step))
        {
            var (rule, next) = step;
            if (next > 0) lowest[rule] = Math.Min(lowest[rule], isOpen.Contains(rule.References[next - 1]) ? lowest[rule.References[next - 1]] : int.MaxValue);
            if (next < rule.References.Count)
            {
                path.Push((rule, next + 1));
                var target = rule.References[next];
                if (target == rule) rule.IsRecursive = true;
                if (!numbers.ContainsKey(target)) Enter(target);
                else if (isOpen.Contains(target)) lowest[rule] = Math.Min(lowest[rule], numbers[target]);
                continue;
            }

            if (lowest[rule] == numbers[rule]) Close(rule);
        }

        void Enter(Rule rule)
        {
            numbers[rule] = lowest[rule] = numbers.Count;
            component.Push(rule);
            isOpen.Add(rule);
            path.Push((rule, 0));
        }

        void Close(Rule first)
        {
            var isCircle = component.Peek() != first;
            Rule member;
            do
            {
                member = component.Pop();
                isOpen.Remove(member);
                member.IsRecursive |= isCircle;
                order.Add(member);
            }
            while (member != first);
        }
    }
}
