package dev.tidemill.planner.sql;

import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.TableSize;
import dev.tidemill.planner.error.PlannerErrors;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Selects;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.FunctionDefinition;
import dev.tidemill.storage.catalog.Namespace;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.prepare.Prepare;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.hint.HintPredicates;
import org.apache.calcite.rel.hint.HintStrategyTable;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.jspecify.annotations.Nullable;

/**
 * Text's tree to Calcite's algebra: finds the tables, validates, converts. One per statement; it
 * remembers which tables and views were reached. All methods throw {@link TidemillException} and
 * nothing else.
 */
public final class SqlCompiler {
  private static final HintStrategyTable HINTS =
      HintStrategyTable.builder()
          .hintStrategy("BROADCAST", HintPredicates.TABLE_SCAN)
          .hintStrategy("SHUFFLE", HintPredicates.TABLE_SCAN)
          .build();

  private static final SqlToRelConverter.Config CONFIG =
      SqlToRelConverter.config()
          .withExpand(false)
          .withTrimUnusedFields(false)
          .withDecorrelationEnabled(false)
          .withInSubQueryThreshold(Integer.MAX_VALUE)
          .withHintStrategyTable(HINTS)
          .withRelBuilderConfigTransform(
              // A negative bloat keeps each projection: merging two would leave correlated
              // subqueries in the upper one
              // with the column numbers of the lower one.
              c ->
                  c.withBloat(-1)
                      .withSimplify(false)
                      .withSimplifyValues(false)
                      .withSimplifyLimit(false)
                      .withPruneInputOfAggregate(false)
                      .withAggregateUnique(true)
                      .withDedupAggregateCalls(true));

  private static final int DEEPEST_VIEW = 64;

  private final @Nullable Catalog catalog;
  private final Map<String, TableSize> sizes;
  private final UserFunctions functions;
  private final RelDataTypeFactory factory = new TidemillTypeFactory();
  private final RelOptCluster cluster;
  private final Map<List<String>, CatalogTable> entries = new HashMap<>();
  private final Map<List<String>, CompiledColumns> computed = new HashMap<>();
  private final Map<String, CatalogEntry> reached = new LinkedHashMap<>();
  private final Set<String> columnNames = new LinkedHashSet<>();
  private final List<List<String>> views = new ArrayList<>();

  /** What stands for queries of WITH RECURSIVE that have been compiled. */
  private final List<CatalogTable> recursive = new ArrayList<>();

  private int recursions;
  private final Map<RelNode, SqlParserPos> queries = new IdentityHashMap<>();

  /**
   * @param sizes that tables are taken to have, as in {@link PlannerSession}
   */
  public SqlCompiler(@Nullable Catalog catalog, Map<String, TableSize> sizes) {
    this.catalog = catalog;
    this.sizes = sizes;
    this.functions = new UserFunctions(catalog);
    HepPlanner planner = new HepPlanner(HepProgram.builder().build());
    cluster = RelOptCluster.create(planner, new PlainRexBuilder(factory));
    cluster.setMetadataQuerySupplier(() -> new RelMetadataQuery(DeferredMetadata.INSTANCE));
  }

  /**
   * A query as algebra.
   *
   * @param names of the result's columns; the relation may have more behind them, to order by
   * @param positions where the columns stand in the text, or empty if that is not known
   * @param parameters the types of the question marks
   */
  public record Query(
      RelNode relation,
      List<String> names,
      List<@Nullable SourcePosition> positions,
      List<Type> parameters,
      boolean ordered) {
    /** Where a column stands in the text. */
    public @Nullable SourcePosition position(int column) {
      return column < positions.size() ? positions.get(column) : null;
    }
  }

  /** An expression over the fields of a row, in order. */
  public record Scalar(RexNode expression) {}

  /** The tables and views that the compiled queries name, views' own included, in order. */
  public List<CatalogEntry> reached() {
    return List.copyOf(reached.values());
  }

  /** The users' functions that the compiled queries call, views' own included. */
  public List<FunctionDefinition> functions() {
    return functions.reached();
  }

  /** Where the query with this plan stands in its text, or null if that is not known. */
  @Nullable SourcePosition position(RelNode query) {
    SqlParserPos position = queries.get(query);
    return position == null ? null : Positions.of(position);
  }

  /** The computed columns of tables that queries named. */
  public CompiledColumns columns(CatalogEntry.TableEntry table) {
    CompiledColumns columns = computed.get(table.path());
    if (columns == null) {
      columns =
          CompiledColumns.compile(this, table.definition(), storedColumns(table.table().schema()));
      computed.put(table.path(), columns);
    }
    return columns;
  }

  /** What is known of a table's rows. */
  TableStatistics statistics(CatalogEntry.TableEntry entry) {
    TableStatistics now = catalog == null ? entry.table().statistics() : catalog.statistics(entry);
    TableSize taken = sizes.get(String.join(".", entry.path()).toLowerCase(Locale.ROOT));
    return taken == null ? now : new TableStatistics(taken.rows(), taken.bytes(), now.columns());
  }

  /** The columns of a table that is not in the catalog yet. */
  public CompiledColumns columns(TableDefinition definition, Schema stored) {
    return CompiledColumns.compile(this, definition, storedColumns(stored));
  }

  /** The names of all functions. */
  public static Set<String> functionNames() {
    return Functions.INSTANCE.names();
  }

  /** Whether a function, or one that is refused by name, is called so. */
  public static boolean isFunctionNameTaken(String name) {
    return Functions.INSTANCE.isTaken(name) || UnsupportedFunctions.construct(name) != null;
  }

  /** Compiles a query. The node is not changed. */
  public Query query(SqlNode node, Namespace namespace) {
    try {
      return compile(copy(Chains.balanced(node)), namespace, true);
    } catch (RuntimeException | AssertionError failure) {
      columnNames.addAll(DefinedColumns.of(node));
      throw CalciteErrors.translate(failure, columnNames);
    } catch (StackOverflowError failure) {
      throw CalciteErrors.translate(failure, columnNames);
    }
  }

  /** Compiles an expression over a row with the columns given. */
  public Scalar scalar(SqlNode node, List<OutputColumn> row) {
    try {
      return new Scalar(compileScalar(copy(node), row));
    } catch (RuntimeException | StackOverflowError | AssertionError failure) {
      throw CalciteErrors.translate(failure, row.stream().map(OutputColumn::name).toList());
    }
  }

  /** The type that a type's text means. */
  public Type type(SqlNode specification) {
    try {
      SqlNode cast =
          SqlStdOperatorTable.CAST.createCall(
              specification.getParserPosition(),
              SqlLiteral.createNull(specification.getParserPosition()),
              specification);
      RexNode expression = compileScalar(copy(cast), List.of());
      Type type = RelTypes.fromRel(expression.getType());
      if (type == null || type instanceof Type.Null) {
        throw PlannerErrors.unsupported(
            "type " + RelTypes.name(expression.getType()),
            Positions.of(specification.getParserPosition()));
      }
      return type;
    } catch (RuntimeException | StackOverflowError | AssertionError failure) {
      throw CalciteErrors.translate(failure, List.of());
    }
  }

  private Query compile(SqlNode written, Namespace namespace, boolean top) {
    SqlNode named =
        ArrayQueries.opened(
            ExplodedItems.opened(NamedWindows.opened(SessionNames.opened(written, namespace))));
    SqlNode node =
        WindowTableFunctions.plain(
            TableFunctions.opened(
                Samples.opened(Snapshots.opened(Lambdas.opened(Macros.opened(named)))),
                functions,
                this::type));
    NamedTables tables = new NamedTables();
    new QueryInspection(
            (name, position) -> find(name, namespace, tables),
            tables::columns,
            (item, visible) ->
                new RecursiveQueries(
                        factory, part -> compile(part, namespace, false), recursive, ++recursions)
                    .compile(item, visible),
            functions)
        .inspect(node);
    Prepare.CatalogReader reader = tables.reader(factory);
    TidemillValidator validator = new TidemillValidator(functions, reader, factory);
    SqlNode validated = validator.validate(Spellings.plain(node));
    RelNode converted =
        new Conversion(validator, reader, cluster, CONFIG, queries).convert(validated, top);
    List<Type> parameters = new ArrayList<>();
    for (RelDataTypeField field : validator.getParameterRowType(validated).getFieldList()) {
      Type type = RelTypes.fromRel(field.getType());
      parameters.add(type == null ? Type.VARCHAR : type);
    }
    return new Query(
        converted,
        ColumnNames.ofResult(
            validator.names(validated, validator.getValidatedNodeType(validated).getFieldNames())),
        ColumnNames.positions(validated),
        parameters,
        SqlToRelConverter.isOrdered(validated));
  }

  private RexNode compileScalar(SqlNode written, List<OutputColumn> row) {
    SqlNode node = Lambdas.opened(Macros.opened(written));
    SqlParserPos position = node.getParserPosition();
    NamedTables tables = new NamedTables();
    SqlNode from = null;
    if (!row.isEmpty()) {
      List<RelDataType> types = new ArrayList<>();
      List<String> names = new ArrayList<>();
      for (OutputColumn column : row) {
        types.add(RelTypes.toRel(factory, column.type(), column.nullable()));
        names.add(column.name());
      }
      List<String> name = List.of("$row");
      tables.add(
          name, new CatalogTable("$row", null, factory.createStructType(types, names), null));
      from = new SqlIdentifier(name, position);
    }
    new QueryInspection(
            (name, place) -> {
              if (!name.names.equals(List.of("$row"))) {
                throw PlannerErrors.unsupported(
                    "SUBQUERY", "a subquery in an expression of a table", Positions.of(place));
              }
            },
            name -> null,
            (item, visible) -> {
              throw PlannerErrors.unsupported(
                  "SUBQUERY",
                  "a subquery in an expression of a table",
                  Positions.of(item.getParserPosition()));
            },
            Functions.INSTANCE.table())
        .inspect(node);
    Prepare.CatalogReader reader = tables.reader(factory);
    TidemillValidator validator =
        new TidemillValidator(Functions.INSTANCE.table(), reader, factory);
    SqlNode select =
        Selects.of(
            SqlNodeList.of(
                SqlStdOperatorTable.AS.createCall(
                    position, Spellings.plain(node), new SqlIdentifier("$value", position))),
            from,
            null,
            position);
    SqlNode validated = validator.validate(select);
    SqlToRelConverter converter = new Conversion(validator, reader, cluster, CONFIG, queries);
    RelNode relation = converter.convertQuery(validated, false, true).rel;
    if (relation instanceof Project project && project.getInput().getInputs().isEmpty()) {
      return project.getProjects().get(0);
    }
    if (relation.getInputs().isEmpty() && !row.isEmpty()) {
      return cluster.getRexBuilder().makeInputRef(relation, 0);
    }
    throw PlannerErrors.invalid(
        "an aggregate or a subquery cannot stand here", Positions.of(position));
  }

  private void find(SqlIdentifier name, Namespace namespace, NamedTables tables) {
    if (tables.contains(name.names)) {
      return;
    }
    for (CatalogTable table : recursive) {
      if (table.getQualifiedName().equals(name.names)) {
        columnNames.addAll(table.getRowType().getFieldNames());
        tables.add(name.names, table);
        return;
      }
    }
    CatalogEntry entry;
    try {
      entry = catalog == null ? null : catalog.find(name.names, namespace);
    } catch (TidemillException failure) {
      throw failure.at(Positions.of(name.getParserPosition()));
    }
    if (entry == null) {
      List<String> near = catalog == null ? List.of() : List.copyOf(catalog.names(namespace));
      throw PlannerErrors.tableNotFound(
          String.join(".", name.names), near, Positions.of(name.getParserPosition()));
    }
    CatalogTable table = entries.get(entry.path());
    if (table == null) {
      try {
        table =
            switch (entry) {
              case CatalogEntry.TableEntry found -> table(found);
              case CatalogEntry.ViewEntry view -> view(view);
            };
      } catch (TidemillException failure) {
        throw failure.at(Positions.of(name.getParserPosition()));
      }
      entries.put(entry.path(), table);
    }
    reached.putIfAbsent(String.join(".", entry.path()).toLowerCase(Locale.ROOT), entry);
    columnNames.addAll(table.getRowType().getFieldNames());
    tables.add(name.names, table);
  }

  private CatalogTable table(CatalogEntry.TableEntry entry) {
    List<RelDataType> types = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (OutputColumn column : columns(entry).row()) {
      types.add(RelTypes.toRel(factory, column.type(), column.nullable()));
      names.add(column.name());
    }
    return new CatalogTable(
        "$" + entries.size(), entry, factory.createStructType(types, names), null);
  }

  private CatalogTable view(CatalogEntry.ViewEntry entry) {
    String name = entry.definition().name();
    if (views.contains(entry.path()) || views.size() >= DEEPEST_VIEW) {
      throw PlannerErrors.recursiveView(name);
    }
    views.add(entry.path());
    try {
      SqlNode text = StatementParser.parseQuery(entry.definition().query()).node();
      Query query = compile(text, entry.definition().namespace(), false);
      List<String> names =
          entry.definition().columns().isEmpty() ? query.names() : entry.definition().columns();
      List<RelDataType> types =
          query.relation().getRowType().getFieldList().stream()
              .limit(names.size())
              .map(RelDataTypeField::getType)
              .toList();
      return new CatalogTable(
          "$" + entries.size(),
          entry,
          factory.createStructType(types, names),
          new ViewRelation(query.relation(), name, entry.definition().timeZone()));
    } catch (TidemillException failure) {
      throw PlannerErrors.withinView(name, failure);
    } catch (RuntimeException | AssertionError failure) {
      throw PlannerErrors.withinView(name, CalciteErrors.translate(failure, columnNames));
    } finally {
      views.remove(views.size() - 1);
    }
  }

  /** The columns of a stored schema. */
  static List<OutputColumn> storedColumns(Schema schema) {
    List<OutputColumn> columns = new ArrayList<>();
    schema
        .getFields()
        .forEach(
            f -> columns.add(new OutputColumn(f.getName(), ArrowTypes.type(f), f.isNullable())));
    return columns;
  }

  /** A copy that may be changed. */
  public static SqlNode copy(SqlNode node) {
    SqlNode copied =
        node.accept(
            new SqlShuttle() {
              @Override
              public @Nullable SqlNode visit(SqlCall call) {
                CallCopyingArgHandler arguments = new CallCopyingArgHandler(call, true);
                call.getOperator().acceptCall(this, call, false, arguments);
                return arguments.result();
              }
            });
    return copied == null ? node : copied;
  }

  static boolean isProctime(SqlNode node) {
    return node.getKind() != SqlKind.LITERAL
        && node instanceof SqlCall call
        && call.getOperator().getName().equalsIgnoreCase("PROCTIME");
  }
}
