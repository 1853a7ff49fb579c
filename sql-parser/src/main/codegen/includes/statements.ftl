<#-- Tidemill's statements. Each production gives a record of dev.tidemill.sql.parser.statement. -->

/** One statement, without semicolon, and nothing after it. */
Statement StatementEof() :
{
    final Statement statement;
}
{
    statement = AnyStatement() <EOF> { return statement; }
}

/** One query, and nothing after it. */
SqlFragment QueryEof() :
{
    final SqlFragment query;
}
{
    query = QueryFragment() <EOF> { return query; }
}

/** One expression, and nothing after it. */
SqlFragment ExpressionEof() :
{
    final SqlFragment expression;
}
{
    expression = ExpressionFragment(ExprContext.ACCEPT_SUB_QUERY) <EOF> { return expression; }
}

/** One type, and nothing after it. */
SqlFragment TypeEof() :
{
    final SqlFragment type;
}
{
    type = TypeFragment() <EOF> { return type; }
}

Statement AnyStatement() :
{
    final Statement statement;
}
{
    (
        LOOKAHEAD(1) statement = CreateStatement()
    |   LOOKAHEAD(1) statement = DropStatement()
    |   LOOKAHEAD(1) statement = AlterStatement()
    |   LOOKAHEAD(1) statement = ExplainStatement()
    |   LOOKAHEAD(1) statement = ShowStatement()
    |   LOOKAHEAD(1) statement = DescribeStatement()
    |   LOOKAHEAD(1) statement = VerifyStatement()
    |   LOOKAHEAD(1) statement = AnalyzeStatement()
    |   LOOKAHEAD(1) statement = RefreshStatement()
    |   LOOKAHEAD(1) statement = PauseStatement()
    |   LOOKAHEAD(1) statement = ResumeStatement()
    |   LOOKAHEAD(1) statement = StopStatement()
    |   LOOKAHEAD(1) statement = CopyStatement()
    |   LOOKAHEAD(1) statement = CacheStatement()
    |   LOOKAHEAD(1) statement = UncacheStatement()
    |   LOOKAHEAD(1) statement = CompactStatement()
    |   LOOKAHEAD(1) statement = SummarizeStatement()
    |   LOOKAHEAD(1) statement = SetStatement()
    |   LOOKAHEAD(1) statement = ResetStatement()
    |   LOOKAHEAD(1) statement = UseStatement()
    |   LOOKAHEAD(1) statement = ChangeStatement()
    |   LOOKAHEAD({ queryFollows() }) statement = QueryStatement()
    )
    { return statement; }
}

/* CREATE, DROP, ALTER */

Statement CreateStatement() :
{
    boolean replace = false;
    final Statement statement;
}
{
    <CREATE> [ LOOKAHEAD(1) <OR> <REPLACE> { replace = true; } ]
    (
        LOOKAHEAD(1) statement = CreateTable(replace)
    |   LOOKAHEAD(1) statement = CreateView(replace)
    |   LOOKAHEAD(1) statement = CreateStandingQuery(replace)
    |   LOOKAHEAD(1) statement = CreateMaterializedView(replace)
    |   LOOKAHEAD(1) statement = CreateFunction(replace, false)
    |   LOOKAHEAD(1) <TEMPORARY> statement = CreateFunction(replace, true)
    |   LOOKAHEAD(1) statement = CreateSchema(replace)
    )
    { return statement; }
}

Statement CreateTable(boolean replace) :
{
    final boolean ifNotExists;
    final QualifiedName name;
    final TableElements elements = new TableElements();
    Options given = Options.NONE;
    SqlFragment query = null;
}
{
    <TABLE> ifNotExists = IfNotExists(replace) name = NameOfTable()
    [
        LOOKAHEAD(1)
        <LPAREN> TableElement(elements) ( LOOKAHEAD(1) <COMMA> TableElement(elements) )* <RPAREN>
    ]
    [ LOOKAHEAD(1) given = WithOptions() ]
    [
        LOOKAHEAD(1)
        <AS> {
            if (!elements.columns.isEmpty()) {
                throw ParserErrors.columnsAndQuery(Positions.of(token));
            }
        }
        query = QueryFragment()
    ]
    {
        return query == null
            ? new Statement.CreateTable(name, replace, ifNotExists, elements.columns, elements.watermark,
                elements.primaryKey, given)
            : new Statement.CreateTableAs(name, replace, ifNotExists, given, query);
    }
}

void TableElement(TableElements elements) :
{
    final Name name;
    final SqlFragment expression;
    final PrimaryKey key;
    final ColumnDefinition column;
    boolean enforced = true;
    Token first;
}
{
    { first = getToken(1); }
    (
        LOOKAHEAD(<WATERMARK> <FOR>)
        <WATERMARK> <FOR> name = SimpleName() <AS> expression = ExpressionFragment(ExprContext.ACCEPT_NON_QUERY) {
            elements.add(new Watermark(name, expression), Positions.of(first));
        }
    |
        LOOKAHEAD(1)
        key = PrimaryKeyClause() { elements.add(key, Positions.of(first)); }
    |
        column = Column() { elements.add(column); }
        [
            LOOKAHEAD(1)
            <PRIMARY> { first = token; } <KEY>
            [ LOOKAHEAD(1) <NOT> <ENFORCED> { enforced = false; } | LOOKAHEAD(1) <ENFORCED> ]
            {
                elements.add(new PrimaryKey(java.util.Collections.singletonList(column.name()), enforced),
                    Positions.of(first));
            }
        ]
    )
}

PrimaryKey PrimaryKeyClause() :
{
    final List<Name> columns;
    boolean enforced = true;
}
{
    <PRIMARY> <KEY> columns = NamesInParentheses()
    [ LOOKAHEAD(1) <NOT> <ENFORCED> { enforced = false; } | LOOKAHEAD(1) <ENFORCED> ]
    { return new PrimaryKey(columns, enforced); }
}

ColumnDefinition Column() :
{
    final Name name;
    final SqlFragment fragment;
    boolean notNull = false;
}
{
    name = SimpleName()
    (
        LOOKAHEAD(1)
        <AS> fragment = ExpressionFragment(ExprContext.ACCEPT_NON_QUERY) {
            return new ColumnDefinition.Computed(name, fragment);
        }
    |
        fragment = TypeFragment()
        [ LOOKAHEAD(2) <NOT> <NULL> { notNull = true; } | LOOKAHEAD(1) <NULL> ]
        { return new ColumnDefinition.Physical(name, fragment, notNull); }
    )
}

Statement CreateView(boolean replace) :
{
    final boolean ifNotExists;
    final QualifiedName name;
    List<Name> columns = new ArrayList<Name>();
    final SqlFragment query;
}
{
    <VIEW> ifNotExists = IfNotExists(replace) name = NameOfTable()
    [ LOOKAHEAD(1) columns = NamesInParentheses() ]
    <AS> query = QueryFragment()
    { return new Statement.CreateView(name, replace, ifNotExists, columns, query); }
}

Statement CreateStandingQuery(boolean replace) :
{
    final boolean ifNotExists;
    final QualifiedName name;
    QualifiedName sink = null;
    final StandingQueryClauses clauses = new StandingQueryClauses();
    final SqlFragment query;
}
{
    <STANDING> <QUERY> ifNotExists = IfNotExists(replace) name = NameOfTable()
    [ LOOKAHEAD(1) <INTO> sink = NameOfTable() ]
    (
        LOOKAHEAD(1) OutputModeClause(clauses)
    |   LOOKAHEAD(1) TriggerClause(clauses)
    |   LOOKAHEAD(1) OptionsClause(clauses)
    )*
    <AS> query = QueryFragment() NoEmit()
    {
        return new Statement.CreateStandingQuery(name, replace, ifNotExists, sink, clauses.outputMode,
            clauses.trigger(), clauses.withOptions(), query, false);
    }
}

Statement CreateMaterializedView(boolean replace) :
{
    final boolean ifNotExists;
    final QualifiedName name;
    final StandingQueryClauses clauses = new StandingQueryClauses();
    final SqlFragment query;
}
{
    <MATERIALIZED> <VIEW> ifNotExists = IfNotExists(replace) name = NameOfTable()
    (
        LOOKAHEAD(1) TriggerClause(clauses)
    |   LOOKAHEAD(1) OptionsClause(clauses)
    )*
    <AS> query = QueryFragment() NoEmit()
    {
        return new Statement.CreateStandingQuery(name, replace, ifNotExists, null, OutputMode.UPDATE,
            clauses.trigger(), clauses.withOptions(), query, true);
    }
}

void OutputModeClause(StandingQueryClauses clauses) :
{
    final Token first;
    final OutputMode mode;
}
{
    <OUTPUT> { first = token; } <MODE>
    (
        LOOKAHEAD(1) <APPEND> { mode = OutputMode.APPEND; }
    |   LOOKAHEAD(1) <UPDATE> { mode = OutputMode.UPDATE; }
    |   LOOKAHEAD(1) <COMPLETE> { mode = OutputMode.COMPLETE; }
    )
    { clauses.add(mode, Positions.of(first)); }
}

void TriggerClause(StandingQueryClauses clauses) :
{
    final Token first;
    final Trigger trigger;
}
{
    <TRIGGER> { first = token; }
    (
        LOOKAHEAD(1) <EVERY> trigger = EveryTrigger()
    |   LOOKAHEAD(1) <AVAILABLE> <NOW> { trigger = new Trigger.AvailableNow(); }
    |   LOOKAHEAD(1) <ONCE> { trigger = new Trigger.Once(); }
    )
    { clauses.add(trigger, Positions.of(first)); }
}

Trigger EveryTrigger() :
{
    final long rows;
    java.time.Duration interval = null;
}
{
    LOOKAHEAD(1)
    interval = TriggerInterval() { return new Trigger.EveryInterval(interval); }
|
    <UNSIGNED_INTEGER_LITERAL> { rows = Literals.rows(token.image, Positions.of(token)); }
    ( LOOKAHEAD(1) <ROWS> | <ROW> )
    [ LOOKAHEAD(1) <OR> interval = TriggerInterval() ]
    {
        return interval == null
            ? new Trigger.EveryRows(rows)
            : new Trigger.EveryRowsOrInterval(rows, interval);
    }
}

java.time.Duration TriggerInterval() :
{
    final String value;
    final SqlIntervalQualifier qualifier;
    final Token first;
}
{
    <INTERVAL> { first = token; }
    (
        LOOKAHEAD(1) value = SimpleStringLiteral()
    |   LOOKAHEAD(1) <UNSIGNED_INTEGER_LITERAL> { value = token.image; }
    |   <DECIMAL_NUMERIC_LITERAL> { value = token.image; }
    )
    (
        LOOKAHEAD(1) <MILLISECOND> { return Literals.milliseconds(value, Positions.of(first)); }
    |
        qualifier = IntervalQualifier() { return Literals.interval(value, qualifier, Positions.of(first)); }
    )
}

void OptionsClause(StandingQueryClauses clauses) :
{
    final Token first;
    final Options given;
}
{
    { first = getToken(1); }
    given = WithOptions() { clauses.add(given, Positions.of(first)); }
}

/** A standing query has an output mode instead. */
void NoEmit() :
{
}
{
    [ LOOKAHEAD(1) <EMIT> { throw ParserErrors.emitInStandingQuery(Positions.of(token)); } ]
}

Statement CreateFunction(boolean replace, boolean temporary) :
{
    final boolean ifNotExists;
    final QualifiedName name;
    List<FunctionParameter> parameters = null;
    SqlFragment returnType = null;
    final FunctionBody body;
}
{
    <FUNCTION> ifNotExists = IfNotExists(replace) name = NameOfTable()
    [
        LOOKAHEAD(1)
        <LPAREN> { parameters = new ArrayList<FunctionParameter>(); }
        [
            LOOKAHEAD({ getToken(1).kind != RPAREN })
            Parameter(parameters) ( LOOKAHEAD(1) <COMMA> Parameter(parameters) )*
        ]
        <RPAREN>
    ]
    [ LOOKAHEAD(1) <RETURNS> returnType = TypeFragment() ]
    ( LOOKAHEAD(1) body = JavaClassBody() | body = ExpressionBody() )
    { return new Statement.CreateFunction(name, replace, temporary, ifNotExists, parameters, returnType, body); }
}

void Parameter(List<FunctionParameter> parameters) :
{
    final Name name;
    final SqlFragment type;
}
{
    name = SimpleName() type = TypeFragment() { parameters.add(new FunctionParameter(name, type)); }
}

FunctionBody JavaClassBody() :
{
    final String className;
    final List<String> jars = new ArrayList<String>();
    String jar;
}
{
    <AS> className = SimpleStringLiteral()
    [
        LOOKAHEAD(1)
        <USING> <JAR> jar = SimpleStringLiteral() { jars.add(jar); }
        ( LOOKAHEAD(1) <COMMA> <JAR> jar = SimpleStringLiteral() { jars.add(jar); } )*
    ]
    { return new FunctionBody.JavaClass(className, jars); }
}

FunctionBody ExpressionBody() :
{
    final SqlFragment expression;
}
{
    <RETURN> expression = ExpressionFragment(ExprContext.ACCEPT_SUB_QUERY) {
        return new FunctionBody.Expression(expression);
    }
}

Statement CreateSchema(boolean replace) :
{
    final boolean ifNotExists;
    final QualifiedName name;
}
{
    <SCHEMA> {
        if (replace) {
            throw ParserErrors.unsupported("CREATE OR REPLACE SCHEMA", Positions.of(token));
        }
    }
    ifNotExists = IfNotExists(replace) name = NameOfTable()
    { return new Statement.CreateSchema(name, ifNotExists); }
}

Statement DropStatement() :
{
    final Statement.Drop.Kind kind;
    boolean ifExists = false;
    final QualifiedName name;
}
{
    <DROP>
    (
        LOOKAHEAD(1) <TABLE> { kind = Statement.Drop.Kind.TABLE; }
    |   LOOKAHEAD(1) <VIEW> { kind = Statement.Drop.Kind.VIEW; }
    |   LOOKAHEAD(1) <MATERIALIZED> <VIEW> { kind = Statement.Drop.Kind.MATERIALIZED_VIEW; }
    |   LOOKAHEAD(1) <STANDING> <QUERY> { kind = Statement.Drop.Kind.STANDING_QUERY; }
    |   LOOKAHEAD(1) <QUERY> { kind = Statement.Drop.Kind.STANDING_QUERY; }
    |   LOOKAHEAD(1) <FUNCTION> { kind = Statement.Drop.Kind.FUNCTION; }
    |   LOOKAHEAD(1) <SCHEMA> { kind = Statement.Drop.Kind.SCHEMA; }
    )
    [ LOOKAHEAD(2) <IF> <EXISTS> { ifExists = true; } ]
    name = NameOfTable()
    { return new Statement.Drop(kind, ifExists, name); }
}

Statement AlterStatement() :
{
    final QualifiedName table;
    final boolean ifNotExists;
    final ColumnDefinition column;
}
{
    <ALTER> <TABLE> table = NameOfTable() <ADD> [ LOOKAHEAD(1) <COLUMN> ]
    ifNotExists = IfNotExists(false) column = Column()
    { return new Statement.AlterTableAddColumn(table, ifNotExists, column); }
}

/* Looking at things */

Statement ExplainStatement() :
{
    boolean analyze = false;
    Statement.Explain.Format format = Statement.Explain.Format.TEXT;
    final QualifiedName query;
    final Statement statement;
    Name word;
    final Token first;
}
{
    <EXPLAIN> { first = token; }
    [ LOOKAHEAD(1) <ANALYZE> { analyze = true; } ]
    [
        LOOKAHEAD({ getToken(1).kind == LPAREN && (getToken(2).kind == FORMAT || getToken(2).kind == ANALYZE) })
        <LPAREN>
        (
            <ANALYZE> { analyze = true; }
        |
            <FORMAT> word = SimpleName() { format = Literals.format(word.text(), word.position()); }
        )
        (
            <COMMA>
            (
                <ANALYZE> { analyze = true; }
            |
                <FORMAT> word = SimpleName() { format = Literals.format(word.text(), word.position()); }
            )
        )*
        <RPAREN>
    ]
    [ LOOKAHEAD(1) <PLAN> <FOR> ]
    (
        LOOKAHEAD({ getToken(1).kind == STANDING || getToken(1).kind == QUERY })
        [ LOOKAHEAD(1) <STANDING> ] <QUERY> query = NameOfTable()
        { return new Statement.ExplainQuery(query, analyze, format); }
    |
        {
            if (getToken(1).kind == EXPLAIN) {
                throw ParserErrors.nestedExplain(Positions.of(getToken(1)));
            }
        }
        statement = AnyStatement() {
            return new Statement.Explain(statement, analyze, format, Positions.of(first));
        }
    )
}

Statement ShowStatement() :
{
    final Name word;
    final QualifiedName name;
    String pattern = null;
}
{
    <SHOW>
    (
        LOOKAHEAD(1)
        <CREATE> [ LOOKAHEAD(1) <TABLE> | LOOKAHEAD(1, { getToken(2).kind != EOF }) <VIEW> ] name = NameOfTable()
        { return new Statement.ShowCreate(name); }
    |
        LOOKAHEAD({ Literals.isColumns(getToken(1)) && (getToken(2).kind == FROM || getToken(2).kind == IN) })
        SimpleName() ( <FROM> | <IN> ) name = NameOfTable()
        { return new Statement.Describe(name); }
    |
        [ LOOKAHEAD(2) <STANDING> ] word = SimpleName()
        [ LOOKAHEAD(1) <LIKE> pattern = SimpleStringLiteral() ]
        { return new Statement.Show(Literals.subject(word.text(), word.position()), pattern); }
    )
}

Statement DescribeStatement() :
{
    final QualifiedName name;
    final Token first;
    final SqlNode query;
}
{
    ( LOOKAHEAD(1) <DESCRIBE> | <DESC> )
    { first = getToken(1); }
    (
        LOOKAHEAD({ getToken(1).kind != TABLE && queryFollows() })
        query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
        { return new Statement.DescribeQuery(fragment(first, query)); }
    |
        [
            LOOKAHEAD(1) <TABLE>
        |   LOOKAHEAD({ Literals.isDetail(getToken(1)) && getToken(2).kind == IDENTIFIER }) SimpleName()
        |   LOOKAHEAD(1, { getToken(2).kind != EOF }) <VIEW>
        |   LOOKAHEAD(2, { getToken(3).kind != EOF }) <STANDING> <QUERY>
        |   LOOKAHEAD(1, { getToken(2).kind != EOF }) <QUERY>
        ]
        name = NameOfTable()
        { return new Statement.Describe(name); }
    )
}

Statement VerifyStatement() :
{
    final QualifiedName query;
}
{
    <VERIFY>
    [ LOOKAHEAD(2, { getToken(3).kind != EOF }) <STANDING> <QUERY> | LOOKAHEAD(1, { getToken(2).kind != EOF }) <QUERY> ]
    query = NameOfTable()
    { return new Statement.Verify(query); }
}

Statement AnalyzeStatement() :
{
    final QualifiedName table;
    final List<Name> columns = new ArrayList<Name>();
    Name column;
}
{
    <ANALYZE> <TABLE> table = NameOfTable()
    [
        LOOKAHEAD(1)
        <FOR> <COLUMNS> column = SimpleName() { columns.add(column); }
        ( LOOKAHEAD(1) <COMMA> column = SimpleName() { columns.add(column); } )*
    ]
    { return new Statement.AnalyzeTable(table, columns); }
}

/* Standing queries at work */

Statement RefreshStatement() :
{
    final QualifiedName table;
    final QualifiedName query;
}
{
    <REFRESH> <TABLE> table = NameOfTable() <FOR> <QUERY> query = NameOfTable()
    { return new Statement.RefreshTable(table, query); }
}

Statement PauseStatement() :
{
    final QualifiedName query;
}
{
    <PAUSE> [ LOOKAHEAD(1) <STANDING> ] <QUERY> query = NameOfTable() { return new Statement.PauseQuery(query); }
}

Statement ResumeStatement() :
{
    final QualifiedName query;
}
{
    <RESUME> [ LOOKAHEAD(1) <STANDING> ] <QUERY> query = NameOfTable() { return new Statement.ResumeQuery(query); }
}

Statement StopStatement() :
{
    final QualifiedName query;
}
{
    <STOP> [ LOOKAHEAD(1) <STANDING> ] <QUERY> query = NameOfTable() { return new Statement.StopQuery(query); }
}

/* Files, memory, settings */

Statement CopyStatement() :
{
    final SqlFragment query;
    final QualifiedName table;
    final String file;
    final Token fileToken;
    Options given = Options.NONE;
}
{
    <COPY>
    (
        LOOKAHEAD(1)
        <LPAREN> query = QueryFragment() <RPAREN>
    |
        table = NameOfTable() { query = TableContents.of(table); }
    )
    [ LOOKAHEAD(1) <FROM> { throw ParserErrors.copyFrom(Positions.of(token)); } ]
    <TO> { fileToken = getToken(1); } file = SimpleStringLiteral()
    [
        LOOKAHEAD(1)
        given = WithOptions()
    |
        LOOKAHEAD(1)
        given = OptionsInParentheses()
    ]
    { return new Statement.CopyTo(query, new FileName(file, Positions.of(fileToken)), given); }
}

Statement CacheStatement() :
{
    final QualifiedName table;
}
{
    <CACHE> <TABLE> table = NameOfTable() { return new Statement.CacheTable(table); }
}

Statement UncacheStatement() :
{
    final QualifiedName table;
}
{
    <UNCACHE> <TABLE> table = NameOfTable() { return new Statement.UncacheTable(table); }
}

Statement CompactStatement() :
{
    final QualifiedName table;
}
{
    <COMPACT> <TABLE> table = NameOfTable() { return new Statement.CompactTable(table); }
}

Statement SetStatement() :
{
    final QualifiedName name;
    final String value;
    final Token first;
}
{
    <SET>
    (
        LOOKAHEAD(<TIME> <ZONE>)
        <TIME> { first = token; } <ZONE>
        (
            LOOKAHEAD(1) <LOCAL> { value = "LOCAL"; }
        |
            LOOKAHEAD(1) ( <EQ> | <TO> ) value = OptionValue()
        |
            value = OptionValue()
        )
        { return new Statement.SetOption(Literals.timeZone(Positions.of(first)), value); }
    |
        name = NameOfTable()
        (
            LOOKAHEAD(1)
            ( LOOKAHEAD(1) <EQ> | <TO> ) value = OptionValue() { return new Statement.SetOption(name, value); }
        |
            { return new Statement.ShowOption(name); }
        )
    )
}

Statement ResetStatement() :
{
    final QualifiedName name;
}
{
    <RESET>
    (
        LOOKAHEAD(1) <ALL> { return new Statement.ResetOption(null); }
    |
        name = NameOfTable() { return new Statement.ResetOption(name); }
    )
}

Statement UseStatement() :
{
    final QualifiedName schema;
}
{
    <USE> schema = NameOfTable() { return new Statement.Use(schema); }
}

Statement SummarizeStatement() :
{
    final Token first;
    SqlNode query;
    final Span s;
}
{
    <SUMMARIZE>
    { s = span(); first = getToken(1); }
    (
        LOOKAHEAD({ queryFollows() })
        query = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY)
        { return new Statement.Summarize(fragment(first, query), true); }
    |
        query = TableRef()
        { return new Statement.Summarize(fragment(first, Selects.all(query, s.end(this))), false); }
    )
}

/* Rows */

Statement ChangeStatement() :
{
    final SqlNode node;
    final Token first;
}
{
    { first = getToken(1); }
    (
        LOOKAHEAD(1) node = SqlInsert() {
            if (first.kind == UPSERT) {
                throw ParserErrors.unsupported("UPSERT", Positions.of(first));
            }
            return new Statement.Insert(fragment(first, node));
        }
    |   LOOKAHEAD(1) node = SqlUpdate() { return new Statement.Update(fragment(first, node)); }
    |   LOOKAHEAD(1) node = SqlDelete() { return new Statement.Delete(fragment(first, node)); }
    |   LOOKAHEAD(1) node = MergeInto() { return new Statement.Merge(fragment(first, node)); }
    |   LOOKAHEAD(1) node = Truncate() { return new Statement.Delete(fragment(first, node)); }
    )
}

/** {@code TRUNCATE TABLE t}: DELETE of all rows. */
SqlNode Truncate() :
{
    final Span s;
    final SqlIdentifier table;
}
{
    <TRUNCATE> { s = span(); } [ LOOKAHEAD(1) <TABLE> ] table = CompoundTableIdentifier()
    { return new SqlDelete(s.end(this), table, null, null, null); }
}

SqlNode MergeInto() :
{
    final Span s;
    final SqlIdentifier target;
    SqlIdentifier alias = null;
    final SqlNode source;
    final SqlNode condition;
    final List<MergeNode.Clause> clauses = new ArrayList<MergeNode.Clause>();
}
{
    <MERGE> { s = span(); } <INTO> target = CompoundTableIdentifier()
    [
        LOOKAHEAD({ getToken(1).kind != USING })
        [ LOOKAHEAD(1) <AS> ] alias = SimpleIdentifier()
    ]
    <USING> source = TableRef()
    <ON> condition = Expression(ExprContext.ACCEPT_SUB_QUERY)
    ( LOOKAHEAD(1) MergeClause(clauses) )+
    { return new MergeNode(s.end(this), target, alias, source, condition, clauses); }
}

void MergeClause(List<MergeNode.Clause> clauses) :
{
    final Span s;
    boolean matched = true;
    SqlNode condition = null;
    final MergeNode.Action action;
    SqlNodeList columns = null;
    final List<SqlNode> values = new ArrayList<SqlNode>();
}
{
    <WHEN> { s = span(); } [ LOOKAHEAD(1) <NOT> { matched = false; } ] <MATCHED>
    [
        LOOKAHEAD(1) <BY> {
            throw ParserErrors.unsupported(
                "WHEN " + (matched ? "" : "NOT ") + "MATCHED BY " + getToken(1).image.toUpperCase(Locale.ROOT),
                Positions.of(token));
        }
    ]
    [ LOOKAHEAD(1) <AND> condition = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
    <THEN> { MergeNode.checkAction(matched, getToken(1).image, getToken(2).image, Positions.of(getToken(1))); }
    (
        LOOKAHEAD(1) <UPDATE> <SET> { action = MergeNode.Action.UPDATE; columns = new SqlNodeList(getPos()); }
        MergeAssignment(columns, values) ( LOOKAHEAD(1) <COMMA> MergeAssignment(columns, values) )*
    |
        LOOKAHEAD(1) <DELETE> { action = MergeNode.Action.DELETE; }
    |
        LOOKAHEAD(1) <INSERT> { action = MergeNode.Action.INSERT; }
        [ LOOKAHEAD(1) columns = ParenthesizedSimpleIdentifierList() ]
        <VALUES> <LPAREN> AddExpression(values, ExprContext.ACCEPT_SUB_QUERY)
        ( LOOKAHEAD(1) <COMMA> AddExpression(values, ExprContext.ACCEPT_SUB_QUERY) )* <RPAREN>
        [
            LOOKAHEAD(1) <COMMA> {
                throw ParserErrors.unsupported("INSERT of more than one row in MERGE", Positions.of(token));
            }
        ]
    |
        SimpleName() SimpleName() { action = MergeNode.Action.NOTHING; }
    )
    { clauses.add(new MergeNode.Clause(matched, condition, action, columns, values, s.end(this))); }
}

void MergeAssignment(SqlNodeList columns, List<SqlNode> values) :
{
    final SqlIdentifier column;
}
{
    column = CompoundIdentifier() { columns.add(column); } <EQ> AddExpression(values, ExprContext.ACCEPT_SUB_QUERY)
}

Statement QueryStatement() :
{
    final SqlFragment query;
    Statement.Query.Emit emit = Statement.Query.Emit.NONE;
}
{
    query = QueryFragment()
    [
        LOOKAHEAD(1)
        <EMIT>
        (
            LOOKAHEAD(1) <CHANGES> { emit = Statement.Query.Emit.CHANGES; }
        |   <ON> <WINDOW> <CLOSE> { emit = Statement.Query.Emit.ON_WINDOW_CLOSE; }
        )
    ]
    { return new Statement.Query(query, emit); }
}

/* Parts */

SqlFragment QueryFragment() :
{
    final SqlNode node;
    final Token first;
}
{
    {
        first = getToken(1);
        if (!queryFollows()) {
            throw ParserErrors.expected("a query (SELECT, FROM, WITH, VALUES or TABLE)", first.image, Positions.of(first));
        }
    }
    node = OrderedQueryOrExpr(ExprContext.ACCEPT_QUERY) { return fragment(first, node); }
}

SqlFragment ExpressionFragment(ExprContext context) :
{
    final SqlNode node;
    final Token first;
}
{
    { first = getToken(1); }
    node = Expression(context) { return fragment(first, node); }
}

SqlFragment TypeFragment() :
{
    final SqlNode node;
    final Token first;
}
{
    { first = getToken(1); }
    node = DataType() { return fragment(first, node); }
}

boolean IfNotExists(boolean replace) :
{
}
{
    LOOKAHEAD(2)
    <IF> <NOT> <EXISTS> {
        if (replace) {
            throw ParserErrors.replaceIfNotExists(Positions.of(token));
        }
        return true;
    }
|
    { return false; }
}

Name SimpleName() :
{
    final SqlIdentifier identifier;
}
{
    identifier = SimpleIdentifier() {
        return new Name(identifier.getSimple(), Positions.of(identifier.getParserPosition()));
    }
}

QualifiedName NameOfTable() :
{
    final List<Name> parts = new ArrayList<Name>();
    Name part;
}
{
    part = SimpleName() { parts.add(part); }
    ( LOOKAHEAD(1) <DOT> part = SimpleName() { parts.add(part); } )*
    { return new QualifiedName(parts); }
}

List<Name> NamesInParentheses() :
{
    final List<Name> names = new ArrayList<Name>();
    Name name;
}
{
    <LPAREN> name = SimpleName() { names.add(name); }
    ( LOOKAHEAD(1) <COMMA> name = SimpleName() { names.add(name); } )*
    <RPAREN> { return names; }
}

Options WithOptions() :
{
    final Options given;
}
{
    <WITH> given = OptionsInParentheses() { return given; }
}

Options OptionsInParentheses() :
{
    final OptionList given = new OptionList();
}
{
    <LPAREN> Option(given) ( LOOKAHEAD(1) <COMMA> Option(given) )* <RPAREN> { return given.build(); }
}

/** {@code 'key' = 'value'}; also {@code key = 1} and, as in COPY, {@code FORMAT csv} and {@code HEADER}. */
void Option(OptionList given) :
{
    final String key;
    final Token first;
    final QualifiedName name;
    String value = "true";
}
{
    { first = getToken(1); }
    (
        LOOKAHEAD(1) key = SimpleStringLiteral()
    |
        name = NameOfTable() { key = name.dotted().toLowerCase(Locale.ROOT); }
    )
    [
        LOOKAHEAD({ getToken(1).kind != COMMA && getToken(1).kind != RPAREN })
        [ LOOKAHEAD(1) <EQ> ] value = OptionValue()
    ]
    { given.add(key, value, Positions.of(first)); }
}

/** The text of a string, a number, a number with a unit, or a word. */
String OptionValue() :
{
    String value = "";
    final QualifiedName name;
}
{
    LOOKAHEAD(1)
    value = SimpleStringLiteral() { return value; }
|
    LOOKAHEAD(1)
    ( LOOKAHEAD(1) <TRUE> | LOOKAHEAD(1) <FALSE> | <ON> ) { return token.image.toLowerCase(Locale.ROOT); }
|
    LOOKAHEAD({ getToken(1).kind == MINUS || !Vocabulary.isWord(getToken(1)) })
    [ LOOKAHEAD(1) <MINUS> { value = "-"; } ]
    (
        LOOKAHEAD(1) <UNSIGNED_INTEGER_LITERAL>
    |   LOOKAHEAD(1) <DECIMAL_NUMERIC_LITERAL>
    |   <APPROX_NUMERIC_LITERAL>
    )
    { value += token.image; }
    [ LOOKAHEAD(1) <IDENTIFIER> { value += token.image; } ]
    { return value; }
|
    name = NameOfTable() { return name.dotted(); }
}

/** {@code ARRAY<type>} */
SqlTypeNameSpec ElementsTypeName() :
{
    final Span s;
    final SqlDataTypeSpec element;
}
{
    <ARRAY> { s = span(); } <LT> element = DataType() <GT> {
        return new SqlCollectionTypeNameSpec(element.getTypeNameSpec(), true, SqlTypeName.ARRAY, s.end(this));
    }
}

/** {@code MAP<type, type>} and {@code MAP(type, type)} */
SqlTypeNameSpec EntriesTypeName() :
{
    final Span s;
    final SqlDataTypeSpec key;
    final SqlDataTypeSpec value;
}
{
    <MAP> { s = span(); }
    (
        LOOKAHEAD(1) <LT> key = DataType() <COMMA> value = DataType() <GT>
    |
        <LPAREN> key = DataType() <COMMA> value = DataType() <RPAREN>
    )
    { return new SqlMapTypeNameSpec(key.withNullable(false), value.withNullable(true), s.end(this)); }
}

/** {@code ROW(name type, …)}, {@code ROW<name type, …>}, and both with STRUCT. */
SqlTypeNameSpec FieldsTypeName() :
{
    final Span s;
    final RowFields fields = new RowFields();
}
{
    ( LOOKAHEAD(1) <ROW> | <STRUCT> ) { s = span(); }
    (
        LOOKAHEAD(1) <LT> FieldType(fields) ( LOOKAHEAD(1) <COMMA> FieldType(fields) )* <GT>
    |
        <LPAREN> FieldType(fields) ( LOOKAHEAD(1) <COMMA> FieldType(fields) )* <RPAREN>
    )
    { return fields.type(s.end(this)); }
}

void FieldType(RowFields fields) :
{
    final SqlIdentifier name;
    final SqlDataTypeSpec type;
}
{
    name = SimpleIdentifier() [ LOOKAHEAD(1) <COLON> ] type = DataType()
    [
        LOOKAHEAD(1) <NULL>
    |
        LOOKAHEAD(1) <NOT> { throw ParserErrors.notNullField(name.getSimple(), Positions.of(token)); }
    ]
    { fields.add(name, type); }
}

/** {@code expression::type} */
void InfixCast(List<Object> list, ExprContext exprContext, Span s) :
{
    final SqlDataTypeSpec type;
}
{
    <INFIX_CAST> { checkNonQueryExpression(exprContext); }
    type = DataType() {
        list.add(new SqlParserUtil.ToTreeListItem(InfixCastOperator.INSTANCE, getPos()));
        list.add(type);
    }
}

/** What follows INTERVAL in a type. */
SqlTypeNameSpec IntervalType(Span s) :
{
    final SqlIntervalQualifier qualifier;
}
{
    qualifier = IntervalQualifier() { return new IntervalTypeNameSpec(qualifier, s.end(this)); }
}

/** {@code time AT TIME ZONE 'Europe/Berlin'}, {@code time AT LOCAL} */
void AtTimeZone(List<Object> list, ExprContext exprContext, Span s) :
{
}
{
    <AT>
    (
        <TIME> <ZONE>
        {
            checkNonQueryExpression(exprContext);
            list.add(new SqlParserUtil.ToTreeListItem(AtTimeZoneOperator.INSTANCE, getPos()));
        }
        AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
    |
        <LOCAL>
        {
            checkNonQueryExpression(exprContext);
            list.add(new SqlParserUtil.ToTreeListItem(AtLocalOperator.INSTANCE, getPos()));
        }
    )
}

/** {@code TIMESTAMPTZ}, {@code TIMESTAMPTZ(3)}, the name of any other type */
SqlTypeNameSpec NamedType() :
{
    final SqlIdentifier name;
    final Span s;
    final int precision;
}
{
    name = CompoundIdentifier() { s = Span.of(name); }
    (
        LOOKAHEAD({ Literals.isInstantType(getToken(0)) && getToken(1).kind == LPAREN })
        <LPAREN> precision = UnsignedIntLiteral() <RPAREN>
        { return Literals.instantType(precision, s.end(this)); }
    |
        { return Literals.namedType(name, s.pos()); }
    )
}

/** {@code TIMESTAMPTZ '2024-01-31 10:00:00+01:00'} */
SqlNode InstantLiteral() :
{
    final Span s;
    final String text;
}
{
    <IDENTIFIER> { s = span(); }
    text = SimpleStringLiteral()
    { return Literals.instant(text, s.end(this)); }
}

/** {@code json -> path}, {@code json ->> path} */
void JsonPath(List<Object> list, ExprContext exprContext, Span s) :
{
    final SqlBinaryOperator op;
}
{
    (
        <LAMBDA> { op = JsonPathOperator.JSON; }
    |
        <JSON_TEXT> { op = JsonPathOperator.TEXT; }
    )
    {
        checkNonQueryExpression(exprContext);
        list.add(new SqlParserUtil.ToTreeListItem(op, getPos()));
    }
    AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
}

/** {@code [1, 2]}, {@code [x * 2 FOR x IN list IF x > 1]} */
SqlNode ListConstructor() :
{
    final Span s;
    final List<SqlNode> elements = new ArrayList<SqlNode>();
    SqlNode comprehension = null;
}
{
    <LBRACKET> { s = span(); }
    [
        AddExpression(elements, ExprContext.ACCEPT_SUB_QUERY)
        (
            LOOKAHEAD(1)
            comprehension = Comprehension(elements.get(0), s)
        |
            (
                LOOKAHEAD({ getToken(1).kind == COMMA && getToken(2).kind != RBRACKET })
                <COMMA> AddExpression(elements, ExprContext.ACCEPT_SUB_QUERY)
            )*
            [ LOOKAHEAD(1) <COMMA> ]
        )
    ]
    <RBRACKET> {
        return comprehension == null
            ? SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(s.end(this), elements)
            : comprehension;
    }
}

/** What follows the value in {@code [x * 2 FOR x IN list IF x > 1]}. */
SqlNode Comprehension(SqlNode value, Span s) :
{
    SqlIdentifier id;
    final List<SqlNode> parameters = new ArrayList<SqlNode>();
    final SqlNode list;
    SqlNode condition = null;
}
{
    <FOR> id = SimpleIdentifier() { parameters.add(id); }
    [ LOOKAHEAD(1) <COMMA> id = SimpleIdentifier() { parameters.add(id); } ]
    <IN> list = Expression(ExprContext.ACCEPT_SUB_QUERY)
    [ LOOKAHEAD(1) <IF> condition = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
    { return Braces.comprehension(value, parameters, list, condition, s.end(this)); }
}

/** {@code {'a': 1, 'b': x}} */
SqlNode StructConstructor() :
{
    final Span s;
    final List<SqlNode> fields = new ArrayList<SqlNode>();
}
{
    <LBRACE> { s = span(); }
    StructField(fields)
    (
        LOOKAHEAD({ getToken(1).kind == COMMA && getToken(2).kind != RBRACE })
        <COMMA> StructField(fields)
    )*
    [ LOOKAHEAD(1) <COMMA> ]
    <RBRACE> { return Braces.struct(fields, s.end(this)); }
}

/** {@code STRUCT_PACK(a := 1, b := x)} */
SqlNode StructPack() :
{
    final Span s;
    final List<SqlNode> fields = new ArrayList<SqlNode>();
}
{
    <IDENTIFIER> { s = span(); }
    <LPAREN>
    PackedField(fields)
    ( LOOKAHEAD(1) <COMMA> PackedField(fields) )*
    <RPAREN> { return Braces.struct(fields, s.end(this)); }
}

void PackedField(List<SqlNode> fields) :
{
    final SqlIdentifier name;
}
{
    name = SimpleIdentifier() {
        fields.add(SqlLiteral.createCharString(name.getSimple(), name.getParserPosition()));
    }
    <COLON> <EQ> AddExpression(fields, ExprContext.ACCEPT_SUB_QUERY)
}

void StructField(List<SqlNode> fields) :
{
    final SqlIdentifier name;
    final SqlNode text;
}
{
    (
        LOOKAHEAD(1)
        text = StringLiteral() { fields.add(text); }
    |
        name = SimpleIdentifier() {
            fields.add(SqlLiteral.createCharString(name.getSimple(), name.getParserPosition()));
        }
    )
    <COLON> AddExpression(fields, ExprContext.ACCEPT_SUB_QUERY)
}

/** {@code MAP {'a': 1, 'b': x}} */
SqlNode EntriesConstructor() :
{
    final Span s;
    final List<SqlNode> entries = new ArrayList<SqlNode>();
}
{
    <MAP> { s = span(); } <LBRACE>
    [
        LOOKAHEAD({ getToken(1).kind != RBRACE })
        MapEntry(entries)
        (
            LOOKAHEAD({ getToken(1).kind == COMMA && getToken(2).kind != RBRACE })
            <COMMA> MapEntry(entries)
        )*
        [ LOOKAHEAD(1) <COMMA> ]
    ]
    <RBRACE> { return SqlStdOperatorTable.MAP_VALUE_CONSTRUCTOR.createCall(s.end(this), entries); }
}

void MapEntry(List<SqlNode> entries) :
{
}
{
    AddExpression(entries, ExprContext.ACCEPT_SUB_QUERY)
    <COLON> AddExpression(entries, ExprContext.ACCEPT_SUB_QUERY)
}

/** {@code UNNEST(list)} where an expression stands. */
SqlNode UnnestCall() :
{
    final Span s;
    final SqlIdentifier name;
    final SqlNodeList arguments;
}
{
    <UNNEST> { s = span(); name = new SqlIdentifier(token.image, getPos()); }
    arguments = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_SUB_QUERY) {
        return createCall(name, s.end(this), SqlFunctionCategory.USER_DEFINED_FUNCTION, null,
            arguments.getList());
    }
}

/** The columns of SELECT; a comma may be behind the last. */
void SelectItems(List<SqlNode> items) :
{
}
{
    AddSelectItem(items)
    ( LOOKAHEAD(1) <COMMA> [ LOOKAHEAD({ !itemsEnd() }) AddSelectItem(items) ] )*
}

/** {@code LIKE 'a%'} behind a star. */
SqlNode StarPattern(SqlNode star) :
{
    final Span s;
    final SqlNode pattern;
    SqlOperator operator;
    boolean isNegated = false;
}
{
    { s = span(); }
    [ LOOKAHEAD(1) <NOT> { isNegated = true; } ]
    (
        LOOKAHEAD(1) <LIKE> { operator = isNegated ? SqlStdOperatorTable.NOT_LIKE : SqlStdOperatorTable.LIKE; }
    |
        <ILIKE> { operator = isNegated ? SqlLibraryOperators.NOT_ILIKE : SqlLibraryOperators.ILIKE; }
    )
    pattern = StringLiteral() {
        return InfixFunction.call("COLUMNS", s.end(this), operator.createCall(s.end(this), star, pattern));
    }
}

/** {@code RENAME (a AS b)} behind a star; the call has the star and then the names by turns. */
SqlNode StarRename(SqlNode star) :
{
    final Span s;
    final List<SqlNode> names = new ArrayList<SqlNode>();
}
{
    <RENAME> { s = span(); names.add(star); }
    (
        LOOKAHEAD(1)
        <LPAREN> StarRenaming(names) ( LOOKAHEAD(1) <COMMA> StarRenaming(names) )* <RPAREN>
    |
        StarRenaming(names)
    )
    { return InfixFunction.call("* RENAME", s.end(this), names); }
}

void StarRenaming(List<SqlNode> names) :
{
    SqlIdentifier name;
}
{
    name = CompoundIdentifier() { names.add(name); }
    <AS> name = SimpleIdentifier() { names.add(name); }
}

/** {@code COLUMNS(*)}, {@code COLUMNS(* EXCLUDE (a))} */
SqlNode ColumnsCall() :
{
    final Span s;
    final SqlNode star;
}
{
    <COLUMNS> { s = span(); } <LPAREN> star = SelectExpression() <RPAREN> {
        return InfixFunction.call("COLUMNS", s.end(this), star);
    }
}

/** PIVOT or UNPIVOT behind the name that a table was given, and the name of what comes out. */
SqlNode PivotBehindAlias(SqlNode table) :
{
    SqlNode pivoted;
    SqlIdentifier alias;
}
{
    ( LOOKAHEAD(1) pivoted = Pivot(table) | pivoted = Unpivot(table) )
    [
        LOOKAHEAD(2, { !clauseFollows() })
        [ <AS> ] alias = SimpleIdentifier() {
            pivoted = SqlStdOperatorTable.AS.createCall(Span.of(pivoted).end(this), pivoted, alias);
        }
    ]
    { return pivoted; }
}

/** {@code LATERAL VIEW OUTER EXPLODE(list) t AS x} */
SqlNode LateralView(SqlNode from) :
{
    final Span s;
    boolean isOuter = false;
    final SqlNode function;
    final SqlIdentifier table;
    SqlIdentifier column;
    final List<SqlIdentifier> columns = new ArrayList<SqlIdentifier>();
}
{
    <LATERAL> { s = span(); } <VIEW>
    [ LOOKAHEAD(1) <OUTER> { isOuter = true; } ]
    function = NamedFunctionCall()
    table = SimpleIdentifier()
    [
        LOOKAHEAD(1)
        <AS> column = SimpleIdentifier() { columns.add(column); }
        (
            LOOKAHEAD({ getToken(1).kind == COMMA && Vocabulary.isWord(getToken(2)) && getToken(3).kind != LPAREN })
            <COMMA> column = SimpleIdentifier() { columns.add(column); }
        )*
    ]
    { return Explosions.view(from, function, isOuter, table, columns, s.end(this)); }
}

/** {@code PIVOT t ON c IN ('a', 'b') USING SUM(v) GROUP BY k} */
SqlNode PivotQuery() :
{
    final Span s;
    final SqlNode table;
    final SqlIdentifier column;
    final List<SqlNode> values = new ArrayList<SqlNode>();
    final List<SqlNode> aggregates = new ArrayList<SqlNode>();
    SqlNodeList groups = null;
}
{
    <PIVOT> { s = span(); } table = TableRef()
    <ON> column = CompoundIdentifier()
    {
        if (getToken(1).kind == COMMA) {
            throw ParserErrors.unsupported("PIVOT ON more than one column",
                "a || b is one, in a subquery", Positions.of(getToken(1)));
        }
    }
    [
        LOOKAHEAD(1)
        <IN> <LPAREN> AddPivotValue(values) ( LOOKAHEAD(1) <COMMA> AddPivotValue(values) )* <RPAREN>
    ]
    [ LOOKAHEAD(1) <USING> PivotAggregate(aggregates) ( LOOKAHEAD(1) <COMMA> PivotAggregate(aggregates) )* ]
    [ LOOKAHEAD(1) groups = GroupBy() ]
    { return Pivots.query(table, column, values, aggregates, groups, s.end(this)); }
}

void PivotAggregate(List<SqlNode> aggregates) :
{
    final SqlNode aggregate;
    final SqlIdentifier alias;
}
{
    aggregate = NamedFunctionCall()
    (
        LOOKAHEAD(1) <AS> alias = SimpleIdentifier() {
            aggregates.add(SqlStdOperatorTable.AS.createCall(Span.of(aggregate).end(this), aggregate, alias));
        }
    |
        { aggregates.add(aggregate); }
    )
}

/** {@code UNPIVOT t ON a, b INTO NAME n VALUE v} */
SqlNode UnpivotQuery() :
{
    final Span s;
    final SqlNode table;
    boolean includesNulls = false;
    final List<SqlNode> columns = new ArrayList<SqlNode>();
    SqlIdentifier name = null;
    SqlIdentifier value = null;
}
{
    <UNPIVOT> { s = span(); }
    [ LOOKAHEAD(1) <INCLUDE> <NULLS> { includesNulls = true; } ]
    table = TableRef()
    <ON> AddSelectItem(columns) ( LOOKAHEAD(1) <COMMA> AddSelectItem(columns) )*
    [
        LOOKAHEAD(1)
        <INTO> <NAME> name = SimpleIdentifier() <VALUE> value = SimpleIdentifier()
    ]
    { return Pivots.unpivotQuery(table, includesNulls, columns, name, value, s.end(this)); }
}

/** {@code ON (a, b)} behind DISTINCT. */
SqlNodeList DistinctOnKeys() :
{
    final Span s;
    final SqlNodeList keys;
}
{
    <ON> { s = span(); }
    <LPAREN> keys = ExpressionCommaList(s, ExprContext.ACCEPT_SUB_QUERY) <RPAREN> { return keys; }
}

/** {@code USING SAMPLE 10%}, {@code USING SAMPLE 10 PERCENT (BERNOULLI)}, {@code USING SAMPLE 5 ROWS} */
SampleClause UsingSample() :
{
    final Span s;
    final SqlNumericLiteral size;
    boolean isShare = false;
}
{
    <USING> { s = span(); } <SAMPLE> size = UnsignedNumericLiteral()
    [
        LOOKAHEAD(1) <PERCENT_REMAINDER> { isShare = true; }
    |
        LOOKAHEAD(1) <PERCENT> { isShare = true; }
    |
        LOOKAHEAD(1) <ROWS>
    ]
    [ LOOKAHEAD(1) <LPAREN> ( LOOKAHEAD(1) <BERNOULLI> | LOOKAHEAD(1) <SYSTEM> | <IDENTIFIER> ) <RPAREN> ]
    { return new SampleClause(size, isShare, s.end(this)); }
}

/** {@code [LEFT] SEMI JOIN} and {@code [LEFT] ANTI JOIN} */
JoinType HalfJoin() :
{
}
{
    [ <LEFT> ]
    (
        <SEMI> <JOIN> { return JoinType.LEFT_SEMI_JOIN; }
    |
        <ANTI> <JOIN> { return JoinType.LEFT_ANTI_JOIN; }
    )
}

/** Operators of other databases that are calls of functions. */
void InfixFunctionCall(List<Object> list, ExprContext exprContext, Span s) :
{
    final InfixFunction function;
}
{
    (
        <INTEGER_DIVIDE> { function = InfixFunction.INTEGER_DIVIDE; }
    |
        <RAISED_TO> { function = InfixFunction.POWER; }
    |
        <VERTICAL_BAR> { function = InfixFunction.BIT_OR; }
    |
        <SAME_START> { function = InfixFunction.STARTS_WITH; }
    |
        <CONTAINS_ALL> { function = InfixFunction.CONTAINS_ALL; }
    |
        <CONTAINED_IN> { function = InfixFunction.CONTAINED_IN; }
    |
        <OVERLAPS_WITH> { function = InfixFunction.OVERLAPS; }
    |
        <TILDE> { function = InfixFunction.MATCHES; }
    |
        <SAME_OR_NULLS> { function = InfixFunction.SAME; }
    |
        <NOT_MATCHES> { function = InfixFunction.MATCHES_NOT; }
    |
        <MATCHES_LIKE> { function = InfixFunction.LIKE; }
    |
        <NOT_MATCHES_LIKE> { function = InfixFunction.NOT_LIKE; }
    |
        <MATCHES_ILIKE> { function = InfixFunction.ILIKE; }
    |
        <NOT_MATCHES_ILIKE> { function = InfixFunction.NOT_ILIKE; }
    )
    {
        checkNonQueryExpression(exprContext);
        list.add(new SqlParserUtil.ToTreeListItem(function, getPos()));
    }
    AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
}

/** {@code RANGE(1, 10)}, or the column of that table; elsewhere a word of window frames */
SqlNode RangeCall() :
{
    final Span s;
    final SqlIdentifier name;
    final SqlNodeList arguments;
}
{
    <RANGE> { s = span(); name = new SqlIdentifier(token.image, getPos()); }
    (
        LOOKAHEAD({ getToken(1).kind == LPAREN })
        arguments = ParenthesizedQueryOrCommaList(ExprContext.ACCEPT_SUB_QUERY) {
            return createCall(name, s.end(this), SqlFunctionCategory.USER_DEFINED_FUNCTION, null,
                arguments.getList());
        }
    |
        { return name; }
    )
}

/** {@code FILTER(array, e -> e > 1)}: elsewhere a clause of aggregates. */
SqlNode FilterCall() :
{
    final Span s;
    final SqlIdentifier name;
    final boolean outer;
    final List<SqlNode> arguments;
}
{
    <FILTER> { s = span(); name = new SqlIdentifier(token.image, getPos()); outer = beginArguments(name); }
    arguments = FunctionParameterList(ExprContext.ACCEPT_SUB_QUERY) {
        takesLambdas = outer;
        arguments.remove(0);
        return createCall(name, s.end(this), SqlFunctionCategory.USER_DEFINED_FUNCTION, null, arguments);
    }
}

/** {@code lambda x, y:} */
SqlNodeList LambdaWordParameters() :
{
    SqlIdentifier id;
    final List<SqlNode> parameters = new ArrayList<SqlNode>();
    final Span s;
}
{
    SimpleIdentifier() { s = span(); }
    id = SimpleIdentifier() { parameters.add(id); }
    ( <COMMA> id = SimpleIdentifier() { parameters.add(id); } )*
    <COLON> {
        return new SqlNodeList(parameters, s.end(this));
    }
}

/** {@code ORDER BY ALL [DESC] [NULLS FIRST]}: a star in the place of the keys. */
SqlNodeList OrderByAll(boolean accept) :
{
    final Span s;
    SqlNode key;
}
{
    <ORDER> {
        s = span();
        if (!accept) {
            throw SqlUtil.newContextException(s.pos(), RESOURCE.illegalOrderBy());
        }
    }
    <BY> <ALL> { key = SqlIdentifier.star(getPos()); }
    [
        LOOKAHEAD(1) <ASC>
    |
        LOOKAHEAD(1) <DESC> { key = SqlStdOperatorTable.DESC.createCall(getPos(), key); }
    ]
    [
        LOOKAHEAD(1) <NULLS>
        (
            LOOKAHEAD(1) <FIRST> { key = SqlStdOperatorTable.NULLS_FIRST.createCall(getPos(), key); }
        |
            <LAST> { key = SqlStdOperatorTable.NULLS_LAST.createCall(getPos(), key); }
        )
    ]
    { return new SqlNodeList(ImmutableList.of(key), s.end(this)); }
}

/** {@code FROM t [SELECT …] [WHERE …] …}; without SELECT all columns. */
SqlSelect FromFirst() :
{
    final Span s;
    SqlLiteral keyword = null;
    final SqlNode from;
    SqlNode where = null;
    SqlNodeList groups = null;
    SqlNode having = null;
    SqlNodeList windows = null;
    SqlNode qualify = null;
    SqlNodeList distinctOn = null;
    SampleClause sample = null;
    final List<SqlNode> items = new ArrayList<SqlNode>();
}
{
    <FROM> { s = span(); }
    from = FromClause()
    [
        LOOKAHEAD(1)
        <SELECT>
        [
            LOOKAHEAD(1) keyword = AllOrDistinct()
            [ LOOKAHEAD(1) distinctOn = DistinctOnKeys() { keyword = null; } ]
        ]
        SelectItems(items)
    ]
    [ LOOKAHEAD(1) where = Where() ]
    [ LOOKAHEAD(1) groups = GroupBy() ]
    [ LOOKAHEAD(1) having = Having() ]
    [ LOOKAHEAD(1) windows = Window() ]
    [ LOOKAHEAD(1) qualify = Qualify() ]
    [ LOOKAHEAD(2) sample = UsingSample() ]
    {
        if (items.isEmpty()) {
            items.add(SqlIdentifier.star(s.pos()));
        }
        if (distinctOn != null) {
            qualify = DistinctOn.marked(distinctOn, qualify);
        }
        final SqlSelect select = new SqlSelect(s.end(this), keyword == null ? null : SqlNodeList.of(keyword),
            new SqlNodeList(items, Span.of(items).pos()), from, where, groups, having, windows, qualify,
            null, null, null, null);
        return sample == null ? select : sample.of(select);
    }
}

/** What stands in the brackets behind an ARRAY: an index, or the bounds of a slice. */
SqlNode Subscript() :
{
    final Span s;
    SqlNode from = null;
    SqlNode to = null;
}
{
    { s = span(); }
    [ LOOKAHEAD({ getToken(1).kind != COLON }) from = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
    [
        LOOKAHEAD(1)
        <COLON> { s.add(this); }
        [ LOOKAHEAD({ getToken(1).kind != RBRACKET }) to = Expression(ExprContext.ACCEPT_SUB_QUERY) ]
        [ LOOKAHEAD(1) <COLON> { throw ParserErrors.slicedBySteps(Positions.of(token)); } ]
        { return SliceOperator.bounds(from, to, s.end(this)); }
    ]
    { return from; }
}

/** {@code LIST([DISTINCT] x [IGNORE NULLS] ORDER BY y)} */
SqlCall OrderedCall() :
{
    final SqlIdentifier name;
    final Span s;
    SqlLiteral quantifier = null;
    final List<SqlNode> arguments = new ArrayList<SqlNode>();
    final SqlNodeList order;
}
{
    name = FunctionName() { s = span(); }
    <LPAREN>
    [ LOOKAHEAD(1) quantifier = AllOrDistinct() ]
    AddExpression(arguments, ExprContext.ACCEPT_SUB_QUERY)
    ( LOOKAHEAD(1) <COMMA> AddExpression(arguments, ExprContext.ACCEPT_SUB_QUERY) )*
    order = OrderBy(true) { arguments.add(order); }
    <RPAREN> {
        return OrderedAggregate.call(name, quantifier, s.end(this), arguments);
    }
}

/** {@code LAG(x, 2 IGNORE NULLS)} */
SqlCall NullsInsideCall() :
{
    final SqlIdentifier name;
    final Span s;
    final List<SqlNode> arguments = new ArrayList<SqlNode>();
    final Pair<SqlParserPos, SqlOperator> treatment;
    final SqlCall call;
}
{
    name = FunctionName() { s = span(); }
    <LPAREN>
    AddExpression(arguments, ExprContext.ACCEPT_SUB_QUERY)
    ( LOOKAHEAD(1) <COMMA> AddExpression(arguments, ExprContext.ACCEPT_SUB_QUERY) )*
    treatment = NullTreatment()
    <RPAREN> {
        call = createCall(name, s.end(this), SqlFunctionCategory.USER_DEFINED_FUNCTION, null, arguments);
        return treatment.right.createCall(treatment.left, call);
    }
}

JAVACODE SqlFragment fragment(Token first, SqlNode node)
{
    Literals.requireNumbers(first, token);
    return new SqlFragment(node, CanonicalText.of(first, token, names), Positions.of(first));
}
