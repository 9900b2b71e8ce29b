namespace ModelServer.Constraints.Automata;

/// <summary>The least deterministic automaton of the same language, from one whose states all lead to an end (Valmari, "Fast brief practical DFA
/// minimization", 2012): refines blocks of states and blocks of edges by each other.</summary>
internal static class Minimization
{
    public static StateGraph Minimize(StateGraph graph)
    {
        var states = graph.Accepting.Count;
        (int From, int Symbol, int To)[] edges = [.. graph.Edges];
        if (states == 0 || edges.Length == 0) return graph;

        // 1. Blocks of states: those that accept and those that do not.
        var blocks = new Refinement(states);
        for (var state = 0; state < states; state++)
            if (graph.Accepting[state]) blocks.Mark(state);
        blocks.Split();

        // 2. Blocks of edges: those of one symbol.
        Array.Sort(edges, (a, b) => a.Symbol.CompareTo(b.Symbol));
        var cords = new Refinement(edges.Length);
        for (var i = 0; i < edges.Length;)
        {
            var symbol = edges[i].Symbol;
            if (symbol == edges[^1].Symbol) break;
            for (; edges[i].Symbol == symbol; i++) cords.Mark(i);
            cords.Split();
        }

        // 3. Edges by the state they lead to.
        var first = new int[states + 1];
        foreach (var edge in edges) first[edge.To + 1]++;
        for (var i = 0; i < states; i++) first[i + 1] += first[i];
        var into = new int[edges.Length];
        var place = first.AsSpan(0, states).ToArray();
        for (var i = 0; i < edges.Length; i++) into[place[edges[i].To]++] = i;

        // 4. A block of edges splits the states they come from, a block of states the edges that lead to it.
        var known = 1;
        for (var cord = 0; cord < cords.Count; cord++)
        {
            foreach (var edge in cords.Members(cord)) blocks.Mark(edges[edge].From);
            blocks.Split();
            for (; known < blocks.Count; known++)
            {
                foreach (var state in blocks.Members(known))
                    for (var i = first[state]; i < first[state + 1]; i++) cords.Mark(into[i]);
                cords.Split();
            }
        }

        var least = new StateGraph { Start = blocks.BlockOf(graph.Start) };
        for (var block = 0; block < blocks.Count; block++) least.Add(graph.Accepting[blocks.Members(block)[0]]);
        foreach (var edge in edges)
        {
            // One state of each block speaks for it.
            if (blocks.Members(blocks.BlockOf(edge.From))[0] == edge.From) least.Edges.Add((blocks.BlockOf(edge.From), edge.Symbol, blocks.BlockOf(edge.To)));
        }

        return least;
    }

    /// <summary>A partition of some elements that only gets finer.</summary>
    private sealed class Refinement
    {
        private readonly int[] _elements, _places, _blocks, _first, _end, _marked;
        private readonly Stack<int> _touched = new();

        public Refinement(int count)
        {
            _elements = [.. Enumerable.Range(0, count)];
            _places = [.. _elements];
            (_blocks, _first, _end, _marked) = (new int[count], new int[count], new int[count], new int[count]);
            _end[0] = count;
        }

        public int Count { get; private set; } = 1;

        public int BlockOf(int element) => _blocks[element];

        public ReadOnlySpan<int> Members(int block) => _elements.AsSpan(_first[block].._end[block]);

        /// <summary>Sets an element apart from the others of its block, at the next split.</summary>
        public void Mark(int element)
        {
            var block = _blocks[element];
            var (from, to) = (_places[element], _first[block] + _marked[block]);
            if (from < to) return;
            (_elements[from], _elements[to]) = (_elements[to], element);
            (_places[_elements[from]], _places[element]) = (from, to);
            if (_marked[block]++ == 0) _touched.Push(block);
        }

        public void Split()
        {
            while (_touched.TryPop(out var block))
            {
                var middle = _first[block] + _marked[block];
                var marked = _marked[block];
                _marked[block] = 0;
                if (middle == _end[block]) continue;
                // The smaller part becomes the new block.
                if (marked <= _end[block] - middle) (_first[Count], _end[Count], _first[block]) = (_first[block], middle, middle);
                else (_first[Count], _end[Count], _end[block]) = (middle, _end[block], middle);
                for (var i = _first[Count]; i < _end[Count]; i++) _blocks[_elements[i]] = Count;
                Count++;
            }
        }
    }
}
