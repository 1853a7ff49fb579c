package dev.tidemill.exec.expression;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.expression.And;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.Case;
import dev.tidemill.plan.expression.Cast;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.FieldAccess;
import dev.tidemill.plan.expression.InList;
import dev.tidemill.plan.expression.LambdaCall;
import dev.tidemill.plan.expression.LambdaParameter;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.expression.Or;
import dev.tidemill.plan.expression.Parameter;
import dev.tidemill.plan.expression.UserCall;
import dev.tidemill.plan.function.ScalarFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns expressions of the plan into compiled ones, which are immutable and may be shared by
 * threads. Expressions compiled by one call share their common parts, which are evaluated once per
 * batch. Expressions without columns are computed once, when first a row needs them.
 */
public final class ExpressionCompiler {
  private final List<Type> inputTypes;
  private final Map<Expression, Compiled> known = new HashMap<>();
  private int nodes;

  private ExpressionCompiler(List<Type> inputTypes) {
    this.inputTypes = inputTypes;
  }

  /**
   * Compiles one expression over batches with columns of {@code inputTypes}.
   *
   * @throws dev.tidemill.foundation.error.TidemillException UNSUPPORTED_FUNCTION or
   *     UNSUPPORTED_CAST
   */
  public static CompiledExpression compile(Expression expression, List<Type> inputTypes) {
    return new CompiledExpression(compile(List.of(expression), inputTypes));
  }

  /** As {@link #compile(Expression, List)}, for several that share their common parts. */
  public static CompiledExpressions compile(
      List<? extends Expression> expressions, List<Type> inputTypes) {
    ExpressionCompiler compiler = new ExpressionCompiler(inputTypes);
    List<Node> roots = new ArrayList<>();
    for (Expression expression : expressions) {
      roots.add(compiler.node(expression).node);
    }
    return new CompiledExpressions(roots, compiler.nodes);
  }

  /** As {@link #compile(Expression, List)}, for a BOOLEAN expression that selects rows. */
  public static Predicate compilePredicate(Expression condition, List<Type> inputTypes) {
    ExpressionCompiler compiler = new ExpressionCompiler(inputTypes);
    Node root = compiler.node(condition).node;
    return new Predicate(root, compiler.nodes);
  }

  /** Whether there is a kernel for a call of these types. */
  public static boolean supports(Call call) {
    try {
      Kernels.of(call);
      return true;
    } catch (TidemillException e) {
      return false;
    }
  }

  /**
   * A node and what its value depends on.
   *
   * @param isDeterministic whether it is the same for the same row and context
   */
  private record Compiled(
      Node node, TreeSet<Integer> columns, boolean dependsOnContext, boolean isDeterministic) {}

  private Compiled node(Expression expression) {
    Compiled compiled = known.get(expression);
    if (compiled == null) {
      compiled = compileNew(expression);
      if (compiled.isDeterministic) {
        known.put(expression, compiled);
      }
    }
    return compiled;
  }

  /**
   * The body is compiled by itself, over the columns that it names and the parameters. Lambdas in
   * it find the parameters of this one among their columns.
   */
  private Compiled lambda(LambdaCall call) {
    TreeSet<Integer> columns = new TreeSet<>();
    boolean dependsOnContext = false;
    boolean isDeterministic = true;
    List<Node> arguments = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      Compiled part = node(argument);
      arguments.add(part.node);
      columns.addAll(part.columns);
      dependsOnContext |= part.dependsOnContext;
      isDeterministic &= part.isDeterministic;
    }
    Map<Expression, ColumnReference> places = new LinkedHashMap<>();
    List<Node> outer = new ArrayList<>();
    List<Type> types = new ArrayList<>();
    for (ColumnReference reference : references(call.body())) {
      places.put(reference, new ColumnReference(types.size(), reference.type()));
      types.add(reference.type());
      outer.add(node(reference).node);
      columns.add(reference.index());
    }
    for (LambdaParameter parameter : call.parameters()) {
      places.put(parameter, new ColumnReference(types.size(), parameter.type()));
      types.add(parameter.type());
    }
    ExpressionCompiler compiler = new ExpressionCompiler(types);
    Compiled body = compiler.node(placed(call.body(), places));
    dependsOnContext |= body.dependsOnContext;
    isDeterministic &= body.isDeterministic;
    Node node =
        new LambdaNode(
            nodes++,
            call.type(),
            call.function(),
            arguments,
            outer,
            new CompiledExpressions(List.of(body.node), compiler.nodes));
    if (isDeterministic && columns.isEmpty()) {
      node = new FoldedNode(nodes++, node, dependsOnContext);
    }
    return new Compiled(node, columns, dependsOnContext, isDeterministic);
  }

  private static Set<ColumnReference> references(Expression expression) {
    Set<ColumnReference> references = new LinkedHashSet<>();
    if (expression instanceof ColumnReference reference) {
      references.add(reference);
    }
    expression.operands().forEach(o -> references.addAll(references(o)));
    return references;
  }

  /** The expression with other columns in the places of some, and of parameters. */
  private static Expression placed(Expression expression, Map<Expression, ColumnReference> places) {
    ColumnReference place = places.get(expression);
    if (place != null) {
      return place;
    }
    return switch (expression) {
      case ColumnReference e -> e;
      case Literal e -> e;
      case Parameter e -> e;
      case LambdaParameter e -> e;
      case Call e -> new Call(e.function(), placed(e.arguments(), places), e.type(), e.position());
      case UserCall e ->
          new UserCall(e.method(), placed(e.arguments(), places), e.type(), e.position());
      case Cast e -> e.of(placed(e.operand(), places));
      case Case e ->
          new Case(
              e.branches().stream()
                  .map(b -> new Case.When(placed(b.condition(), places), placed(b.value(), places)))
                  .toList(),
              placed(e.otherwise(), places),
              e.type());
      case And e -> new And(placed(e.operands(), places));
      case Or e -> new Or(placed(e.operands(), places));
      case InList e -> new InList(placed(e.operand(), places), e.values());
      case FieldAccess e -> new FieldAccess(placed(e.row(), places), e.field(), e.type());
      case LambdaCall e -> {
        // Its own parameters hide those of the same id around.
        Map<Expression, ColumnReference> inner = new HashMap<>(places);
        inner
            .keySet()
            .removeIf(
                k ->
                    k instanceof LambdaParameter p
                        && e.parameters().stream().anyMatch(own -> own.id() == p.id()));
        yield e.of(placed(e.arguments(), places), placed(e.body(), inner));
      }
    };
  }

  private static List<Expression> placed(
      List<Expression> expressions, Map<Expression, ColumnReference> places) {
    return expressions.stream().map(e -> placed(e, places)).toList();
  }

  private Compiled compileNew(Expression original) {
    if (original instanceof LambdaCall call) {
      return lambda(call);
    }
    Expression expression = original instanceof And and ? paired(and) : original;
    TreeSet<Integer> columns = new TreeSet<>();
    boolean dependsOnContext = expression instanceof Parameter || isCurrentTime(expression);
    boolean isDeterministic = !isRandom(expression);
    List<Node> operands = new ArrayList<>();
    for (Expression operand : expression.operands()) {
      Compiled part = node(operand);
      operands.add(part.node);
      columns.addAll(part.columns);
      dependsOnContext |= part.dependsOnContext;
      isDeterministic &= part.isDeterministic;
    }
    if (expression instanceof ColumnReference reference) {
      columns.add(reference.index());
    }
    Node node =
        expression instanceof Call call && call.function() == ScalarFunction.TRY
            ? new TryNode(nodes++, operands.getFirst(), columns)
            : plainNode(expression, operands);
    if (isDeterministic && columns.isEmpty() && !operandless(expression) && !isRows(expression)) {
      node = new FoldedNode(nodes++, node, dependsOnContext);
    } else if (isDeterministic && columns.size() == 1 && isWorthMapping(expression)) {
      node = new DictionaryNode(nodes++, node, columns.first(), dependsOnContext);
    }
    return new Compiled(node, columns, dependsOnContext, isDeterministic);
  }

  private Node plainNode(Expression expression, List<Node> operands) {
    return switch (expression) {
      case ColumnReference e -> column(e);
      case Literal e -> new ConstantNode(nodes++, new Scalar(e.type(), e.value()));
      case Parameter e -> new ParameterNode(nodes++, e.index(), e.type());
      case Call e -> new CallNode(nodes++, e.type(), kernels(e), operands, e.position());
      case UserCall e -> new CallNode(nodes++, e.type(), kernels(e), operands, e.position());
      case Cast e -> new CastNode(nodes++, e.type(), operands.getFirst(), casts(e), e.position());
      case And e -> and(e, operands);
      case Or e -> new LogicNode(nodes++, false, safeFirst(e, operands));
      case InList e -> new InListNode(nodes++, operands.getFirst(), e.values());
      case LambdaCall e -> throw new IllegalArgumentException("compiled with its body: " + e);
      case LambdaParameter e -> throw new IllegalArgumentException("outside of its lambda: " + e);
      case FieldAccess e -> new FieldNode(nodes++, operands.getFirst(), e.field(), e.type());
      case Case e -> caseNode(e, operands);
    };
  }

  /** Alternatives that cannot fail, which are cheap mostly, then the others: for fewer rows. */
  private static List<Node> safeFirst(Or alternatives, List<Node> operands) {
    List<Node> ordered = new ArrayList<>();
    for (boolean mayFail : new boolean[] {false, true}) {
      for (int i = 0; i < operands.size(); i++) {
        if (alternatives.operands().get(i).mayFail() == mayFail) {
          ordered.add(operands.get(i));
        }
      }
    }
    return ordered;
  }

  private static Expression paired(And and) {
    List<Expression> operands = ColumnRange.paired(and.operands());
    return operands.size() > 1 ? new And(operands) : and;
  }

  private Node and(And expression, List<Node> operands) {
    Node both = new LogicNode(nodes++, true, operands);
    ColumnRange range = ColumnRange.of(expression);
    return range == null ? both : new RangeNode(nodes++, range, node(range.column()).node, both);
  }

  private static Kernels.Implementation kernels(Call call) {
    try {
      return Kernels.of(call);
    } catch (TidemillException refused) {
      throw ExpressionErrors.placed(refused, call.position());
    }
  }

  private static Kernels.Implementation kernels(UserCall call) {
    try {
      return UserKernels.of(call);
    } catch (TidemillException refused) {
      throw ExpressionErrors.placed(refused, call.position());
    }
  }

  private static Casts.Implementation casts(Cast cast) {
    try {
      return Casts.of(
          cast.operand().type(), cast.type(), cast.nullOnFailure(), Temporals.zone(cast.zone()));
    } catch (TidemillException refused) {
      throw ExpressionErrors.placed(refused, cast.position());
    }
  }

  private Node column(ColumnReference reference) {
    if (reference.index() >= inputTypes.size()) {
      throw new IllegalArgumentException(reference + " of " + inputTypes.size() + " columns");
    }
    return new ColumnNode(nodes++, reference.index(), reference.type());
  }

  private Node caseNode(Case expression, List<Node> operands) {
    List<Node> conditions = new ArrayList<>();
    List<Node> results = new ArrayList<>();
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      conditions.add(operands.get(i));
      results.add(operands.get(i + 1));
    }
    results.add(operands.getLast());
    return new CaseNode(nodes++, expression.type(), conditions, results);
  }

  private static boolean operandless(Expression expression) {
    return expression instanceof Literal || expression instanceof Parameter;
  }

  private static boolean isCurrentTime(Expression expression) {
    return expression instanceof Call call
        && (call.function() == ScalarFunction.CURRENT_DATE
            || call.function() == ScalarFunction.CURRENT_TIME
            || call.function() == ScalarFunction.CURRENT_TIMESTAMP
            || call.function() == ScalarFunction.PROCTIME);
  }

  private static boolean isRandom(Expression expression) {
    return switch (expression) {
      case Call call ->
          call.function() == ScalarFunction.RANDOM || call.function() == ScalarFunction.UUID;
      case UserCall call -> !call.method().deterministic();
      default -> false;
    };
  }

  /** Whether it is the rows of a table function, which may be too many to be kept as objects. */
  private static boolean isRows(Expression expression) {
    return expression instanceof UserCall call
        && call.type() instanceof Type.Array array
        && array.element() instanceof Type.Row;
  }

  /** Whether asking once per dictionary entry may save something. */
  private static boolean isWorthMapping(Expression expression) {
    if (!expression.type().equals(Type.BOOLEAN)
        || expression instanceof ColumnReference
        || expression instanceof FieldAccess) {
      return false;
    }
    return !(expression instanceof Call call)
        || (call.function() != ScalarFunction.IS_NULL
            && call.function() != ScalarFunction.IS_NOT_NULL);
  }
}
