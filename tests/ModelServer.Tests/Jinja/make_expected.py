#!/usr/bin/env python3
"""Writes expected.jsonl: seeded random templates and what Python's jinja2 makes of them, set up as transformers does.

    apt-get install python3-jinja2
    ./make_expected.py > expected.jsonl

Left out are templates that fail (what fails, and how, is tested by hand), that print what has an address or a type of Python's own in it or an integer
beyond 64 bits, that are cut to pieces from texts over 300 characters, or that never use what a lazy filter would have failed on.
"""
import copy, datetime, functools, json, random, re, types, warnings
import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

warnings.simplefilter("ignore")

class Gen(Extension):
    tags={"generation"}
    def parse(self, parser):
        lineno=next(parser.stream).lineno
        body=parser.parse_statements(["name:endgeneration"],drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_s"),[],[],body).set_lineno(lineno)
    def _s(self, caller): return caller()
def raise_exception(m): raise jinja2.exceptions.TemplateError("RAISED:"+str(m))
def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
env=ImmutableSandboxedEnvironment(trim_blocks=True,lstrip_blocks=True,extensions=[Gen,loopcontrols])
env.filters["tojson"]=tojson
env.globals["raise_exception"]=raise_exception
env.globals["strftime_now"]=lambda f: datetime.datetime(2026,1,15,12,34,56).strftime(f)
R=random.Random(1)
VARS={"s":" Hello, World\n","t":"the quick  brown fox","u":"zürich ☁ 😀x","e":"","n":7,"m":-3,"z":0,"f":2.5,"g":1e20,"b":True,"no":None,
 "l":[3,1,2],"w":["b","A","c","a"],"el":[],"d":{"b":1,"a":"x","c":[1,2,{"k":"v'q"}]},"ld":[{"role":"user","content":"hi","n":2},{"role":"assistant","content":"yo","n":1},{"role":"user","content":None}],
 "ed":{}, "mix":[1,"1",2.0,None,True,[1]]}
names=list(VARS)+["missing","ns.x"]
STR=["''","'a'","\"b'c\"","' x '","'\\n'","'o'","', '","'l'","'%s-%s'","'{}'","'\\u00e9'","'user'","'role'"]
def num(): return R.choice(["0","1","2","-1","3","10","2.5","0.1","-7","100"])
def atom(): return R.choice([lambda:R.choice(names),lambda:R.choice(STR),num,lambda:R.choice(["true","false","none","[]","{}","(1,)","[1, 'a']","{'a': 1}","(1, 2)"])])()
filters=["upper","lower","trim","title","capitalize","length","list","first","last","join(', ')","join","default('D')","default('D', true)","d('x')","int","float","abs","string","reverse","sort","sort(reverse=true)","unique","sum","min","max","tojson","tojson(indent=2)","items","dictsort","replace('l','L')","replace('o','0',1)","round","round(1)","round(0,'floor')","wordcount","indent(2)","indent(3, true)","batch(2)","slice(2)","map('upper')","map('string')","map(attribute='role')","map(attribute='n', default=0)","select","reject","select('string')","reject('none')","selectattr('content')","selectattr('role', 'equalto', 'user')","rejectattr('n','defined')","map('int')","center(20)","truncate(5)","truncate(8, true)","groupby('role')","e","count","format(1,2)","urlencode","map('length')","select('gt', 1)","select('in', [1,2,3])","attr('role')","sort(attribute='n')","tojson(sort_keys=true)", "tojson(separators=(',',':'))","striptags","dictsort(by='value')","map('trim')","last|upper","map(attribute='content')","sum(start=1)","sort(case_sensitive=true)","unique(case_sensitive=true)","min(case_sensitive=true)","tojson(indent='\\t')"]
tests=["defined","undefined","none","string","number","integer","float","mapping","iterable","sequence","boolean","true","false","even","odd","lower","upper","in l","in 'hello'","equalto 7","eq(1)","divisibleby 2","gt 1","lt(2)","ge 2","sameas none","callable","ne 3","filter","in [1, 'a']","sameas(true)","test"]
methods=["upper()","lower()","strip()","lstrip()","rstrip()","strip('H \\n')","split()","split(' ')","split('o')","split(' ', 1)","rsplit(' ', 1)","rsplit(None, 1)","splitlines()","startswith('the')","endswith('x')","startswith(('a','t'))","replace('o','0')","replace('','-')","replace('o','0',1)","title()","capitalize()","swapcase()","find('o')","rfind('o')","count('o')","isdigit()","isalpha()","isalnum()","isspace()","isupper()","islower()","istitle()","zfill(12)","ljust(8)","rjust(8,'*')","center(9)","center(10,'-')","partition(' ')","rpartition(' ')","removeprefix('the')","removesuffix('fox')","join(['a','b'])","format(1, 2, a=3)","items()","keys()","values()","get('a')","get('q')","get('q', 5)","index(1)","count(1)","append(1)","pop()","update({})","splitlines(true)","find('o', 3)","copy()","index('o')"]
subs=["[0]","[-1]","[1:]","[:2]","[::-1]","[1:3]","[-2:]","['a']","['role']","[5]","[::2]","[:-1]","[3:1]","[2:0:-1]",".a",".role",".c.2.k",".0","[0].role","[0]['content']","[:0]","[none]","['b':]","[-100:100]","[true]"]
def expr(d=0):
    k=R.random()
    if d>3 or k<0.2: return atom()
    if k<0.42: return f"{expr(d+1)}|{R.choice(filters)}" if R.random()<.7 else f"({expr(d+1)})|{R.choice(filters)}"
    if k<0.5: return f"({expr(d+1)} is {R.choice(['','not '])}{R.choice(tests)})"
    if k<0.62: return f"({expr(d+1)}).{R.choice(methods)}"
    if k<0.72: return f"({expr(d+1)}){R.choice(subs)}"
    if k<0.85: return f"({expr(d+1)} {R.choice(['+','-','*','/','//','%','~','**','==','!=','<','<=','>','>=','in','not in','and','or'])} {expr(d+1)})"
    if k<0.88: return f"(not {expr(d+1)})"
    if k<0.91: return f"-{expr(d+1)}"
    if k<0.94: return f"({expr(d+1)} if {expr(d+1)}{' else '+expr(d+1) if R.random()<.7 else ''})"
    if k<0.96: return f"range({R.choice(['3','1, 4','5, 0, -2','n'])})"
    if k<0.98: return f"[{expr(d+1)}, {expr(d+1)}]"
    return "{"+f"'k': {expr(d+1)}, 'j': {expr(d+1)}"+"}"
WS=["","\n"," ","  \n","\n\n","\n  ","x","\t","y\n"," z "]
def o(): return R.choice(["","","-","+"])
def c(): return R.choice(["","","-"])
def bc(): return R.choice(["","","-","+"])
def stmt(d=0):
    k=R.random(); w=lambda:R.choice(WS)
    if d>3 or k<0.25: return w()+"{{"+R.choice(["","-"])+" "+expr(1)+" "+c()+"}}"+w()
    body=lambda: "".join(stmt(d+1) for _ in range(R.randint(1,2)))
    if k<0.4: return f"{w()}{{%{o()} if {expr(1)} {bc()}%}}{body()}{{%{o()} elif {expr(2)} {bc()}%}}{body()}{{%{o()} else {bc()}%}}{w()}{{%{o()} endif {bc()}%}}{w()}"
    if k<0.55:
        t=R.choice(["x","x","a, b","k, v"]); it=R.choice([expr(1),"ld","l","d.items()","d|items","w","range(4)","'abc'","ld|groupby('role')"])
        extra=R.choice([""," if x"," if loop"," if x is string"]) if t=="x" else ""
        inner=R.choice(["{{ loop.index }}{{ x }}","{{ loop.first }}{{ loop.last }}{{loop.length}}","{% if loop.index == 2 %}{% break %}{% endif %}{{ x }}","{% if loop.first %}{% continue %}{% endif %}.","{{ loop.cycle('a','b') }}","{% set q = loop.index0 %}{{ q }}{% set ns.x = ns.x + 1 %}","{{ loop.previtem }}{{ loop.nextitem }}","{{ loop.changed(x) }}{{loop.revindex}}{{loop.depth}}",""])
        if extra==" if loop": extra=""
        return f"{w()}{{%{o()} for {t} in {it}{extra} {bc()}%}}{inner}{body()}{{%{o()} else {bc()}%}}E{{%{o()} endfor {bc()}%}}{w()}"
    if k<0.65: return f"{w()}{{%{o()} set {R.choice(['v','n','q','ns.x','v, q'])} = {expr(1)} {bc()}%}}{w()}"
    if k<0.7: return f"{{%{o()} set v {R.choice(['','| upper','| trim | length'])}{bc()}%}}{body()}{{%{o()} endset {bc()}%}}{{{{ v }}}}"
    if k<0.77: return f"{{%{o()} macro mm(a, b='B', q=n) {bc()}%}}{{{{ a }}}}:{{{{ b }}}}:{{{{ q }}}}{{{{ varargs }}}}{{{{ kwargs }}}}{{% if caller is defined and caller %}}{{{{ caller(3) }}}}{{% endif %}}{{%{o()} endmacro {bc()}%}}{w()}{{{{ mm({R.choice(['1','1,2','a=3','','1,2,3,4','b=1','z=1, a=2'])}) }}}}"
    if k<0.8: return f"{{%- macro cc(a) %}}[{{{{ caller(a) }}}}]{{% endmacro %}}{{%{o()} call(v) cc({expr(2)}) {bc()}%}}{{{{ v }}}}{w()}{{%{o()} endcall {bc()}%}}"
    if k<0.83: return f"{{%{o()} filter {R.choice(['upper','trim','indent(2)','replace(chr, 1)' if 0 else 'lower'])} {bc()}%}}{body()}{{%{o()} endfilter {bc()}%}}"
    if k<0.86: return f"{{%{o()} with v = {expr(2)}, q = n {bc()}%}}{{{{ v }}}}{body()}{{%{o()} endwith {bc()}%}}"
    if k<0.9: return f"{w()}{{#{R.choice(['','-','+'])} comment {{{{ x }}}} {bc()}#}}{w()}"
    if k<0.93: return f"{w()}{{%{o()} raw {bc()}%}}{w()}{{{{ raw }}}}{w()}{{%{o()} endraw {bc()}%}}{w()}"
    if k<0.96: return f"{w()}{{%{o()} generation {bc()}%}}{body()}{{%{o()} endgeneration {bc()}%}}{w()}"
    return R.choice(["text\n","\n","  ","{ not }","% }","a\r\nb"])


LAZY = ["map", "select", "selectattr", "reject", "rejectattr", "unique", "batch", "slice", "items"]
SHOWN = ["<generator", " object at 0x", "<bound method", "<built-in", "Undefined", "dict_", "<Macro", "<function", "range(", "<LoopContext", "Markup("]


def eager(filter):
    @functools.wraps(filter)
    def listed(*args, **kwargs):
        result = filter(*args, **kwargs)
        return list(result) if isinstance(result, types.GeneratorType) else result
    return listed


def render(template):
    return env.from_string(template).render(**copy.deepcopy(VARS))


def case():
    template = "{% set ns = namespace(x=1) %}"
    template += "".join(stmt() for _ in range(R.randint(1, 4))) if R.random() < .6 else "{{ " + expr() + " }}"
    if len(template) > 300 or "truncate" in template or "urlencode" in template: return None
    lazy = {name: env.filters[name] for name in LAZY}
    try:
        text = render(template)
        env.filters.update({name: eager(filter) for name, filter in lazy.items()})
        render(template)
    except Exception:
        return None
    finally:
        env.filters.update(lazy)
    return None if len(text) > 300 or any(s in text for s in SHOWN) or re.search(r"\d{19}", text) else {"template": template, "text": text}


print(json.dumps({"variables": VARS}, ensure_ascii=False))
made = 0
while made < 800:
    found = case()
    if found:
        print(json.dumps(found, ensure_ascii=False))
        made += 1
