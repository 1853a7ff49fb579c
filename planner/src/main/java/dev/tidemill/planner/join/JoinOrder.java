package dev.tidemill.planner.join;

import dev.tidemill.plan.batch.JoinKind;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.planner.logical.Expressions;
import dev.tidemill.planner.logical.Node;
import dev.tidemill.planner.logical.Nodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Orders inner joins, and the semi and anti joins among them, by cost. A maximal tree of such joins
 * is a <em>cluster</em>: relations, conditions between them, and reducers (the right sides of semi
 * and anti joins, each of which goes wherever the relations it refers to have been joined). Up to
 * {@link #EXACT} members are ordered by dynamic programming over their subsets, bushy trees
 * included; larger clusters greedily, the smallest result first.
 *
 * <p>Equalities between plain columns form classes: whichever two members meet, the class gives the
 * condition.
 */
public final class JoinOrder {
  private static final int EXACT = 11;
  private static final double BUILD_COST = 2;
  private static final double PAIR_COST = 0.5;

  private final Estimator estimator;

  public JoinOrder(Estimator estimator) {
    this.estimator = estimator;
  }

  /** The same relation, its joins in a better order. */
  public Node order(Node node) {
    if (node instanceof Node.Join join && belongs(join)) {
      return new Cluster(join).ordered();
    }
    return Nodes.mapInputs(node, this::order);
  }

  private static boolean belongs(Node.Join join) {
    return join.kind() == JoinKind.INNER || Estimator.reduces(join.kind());
  }

  /**
   * A plan for some members.
   *
   * @param fields ids of the node's; not to be changed
   */
  private record Plan(Node node, BitSet fields, double cost) {
    /** Whether there is a plan that costs no more. */
    static boolean isDear(double cost, @Nullable Plan there) {
      return there != null && cost >= there.cost();
    }
  }

  /** A member: an inner relation, or the right side of a semi or anti join. */
  private record Member(Node node, @Nullable JoinKind reducer, List<Expression> conjuncts) {}

  /** A condition between relations. */
  private record Edge(Expression condition, BitSet fields) {}

  private final class Cluster {
    private final List<Member> members = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final List<List<Integer>> classes = new ArrayList<>();
    private final Map<Integer, ColumnReference> columns = new HashMap<>();
    private final int all;

    /** For each member those that a class or a condition connects with it. */
    private final int[] neighbours;

    Cluster(Node.Join root) {
      List<Expression> conditions = new ArrayList<>();
      flatten(root, conditions);
      Map<Integer, Integer> classOf = new HashMap<>();
      for (Expression condition : conditions) {
        if (!classified(condition, classOf)) {
          edges.add(new Edge(condition, Expressions.references(condition)));
        }
      }
      filterMembers();
      all = members.size() > EXACT ? 0 : (1 << members.size()) - 1;
      neighbours = new int[members.size()];
      if (all != 0) {
        connect();
      }
    }

    private void connect() {
      List<BitSet> fields = members.stream().map(member -> Nodes.ids(member.node())).toList();
      for (List<Integer> equal : classes) {
        BitSet ids = new BitSet();
        equal.forEach(ids::set);
        connect(fields, ids);
      }
      edges.forEach(edge -> connect(fields, edge.fields()));
    }

    private void connect(List<BitSet> fields, BitSet ids) {
      int connected = 0;
      for (int i = 0; i < neighbours.length; i++) {
        connected |= fields.get(i).intersects(ids) ? 1 << i : 0;
      }
      for (int i = 0; i < neighbours.length; i++) {
        neighbours[i] |= (connected & 1 << i) != 0 ? connected : 0;
      }
    }

    private boolean areConnected(int left, int right) {
      for (int rest = left; rest != 0; rest &= rest - 1) {
        if ((neighbours[Integer.numberOfTrailingZeros(rest)] & right) != 0) {
          return true;
        }
      }
      return false;
    }

    private void flatten(Node node, List<Expression> conditions) {
      if (node instanceof Node.Join join && belongs(join)) {
        if (join.kind() == JoinKind.INNER) {
          flatten(join.left(), conditions);
          flatten(join.right(), conditions);
          conditions.addAll(join.conjuncts());
        } else {
          flatten(join.left(), conditions);
          members.add(new Member(order(join.right()), join.kind(), join.conjuncts()));
        }
      } else {
        members.add(new Member(order(node), null, List.of()));
      }
    }

    /** Puts {@code column = column} into a class, or says that the condition is something else. */
    private boolean classified(Expression condition, Map<Integer, Integer> classOf) {
      if (!(condition instanceof Call call)
          || call.function() != ScalarFunction.EQUAL
          || !(call.arguments().get(0) instanceof ColumnReference a)
          || !(call.arguments().get(1) instanceof ColumnReference b)
          || !a.type().equals(b.type())) {
        return false;
      }
      columns.put(a.index(), a);
      columns.put(b.index(), b);
      Integer first = classOf.get(a.index());
      Integer second = classOf.get(b.index());
      if (first == null && second == null) {
        classes.add(new ArrayList<>(List.of(a.index(), b.index())));
        classOf.put(a.index(), classes.size() - 1);
        classOf.put(b.index(), classes.size() - 1);
      } else if (first == null && second != null) {
        classes.get(second).add(a.index());
        classOf.put(a.index(), second);
      } else if (first != null && second == null) {
        classes.get(first).add(b.index());
        classOf.put(b.index(), first);
      } else if (first != null && second != null && !first.equals(second)) {
        classes.get(second).forEach(f -> classOf.put(f, first));
        classes.get(first).addAll(classes.get(second));
        classes.get(second).clear();
      }
      return true;
    }

    /**
     * What concerns one relation alone is checked there: members of one class, conditions on it.
     */
    private void filterMembers() {
      for (int i = 0; i < members.size(); i++) {
        Member member = members.get(i);
        if (member.reducer() != null) {
          continue;
        }
        BitSet fields = Nodes.ids(member.node());
        List<Expression> conjuncts = new ArrayList<>();
        for (List<Integer> equal : classes) {
          List<ColumnReference> here = new ArrayList<>();
          for (int id : equal) {
            ColumnReference column = columns.get(id);
            if (column != null && fields.get(id)) {
              here.add(column);
            }
          }
          for (int other = 1; other < here.size(); other++) {
            conjuncts.add(Expressions.equal(here.get(0), here.get(other)));
          }
        }
        for (Edge edge : List.copyOf(edges)) {
          if (contains(fields, edge.fields())) {
            conjuncts.add(edge.condition());
            edges.remove(edge);
          }
        }
        members.set(i, new Member(Nodes.filter(member.node(), conjuncts), null, List.of()));
      }
    }

    Node ordered() {
      Plan plan = members.size() <= EXACT ? exact() : null;
      if (plan == null) {
        plan = greedy();
      }
      return plan.node();
    }

    /** Dynamic programming over subsets; null where the members hang together only by products. */
    private @Nullable Plan exact() {
      Plan[] best = new Plan[all + 1];
      for (int i = 0; i < members.size(); i++) {
        if (members.get(i).reducer() == null) {
          best[1 << i] = single(members.get(i).node());
        }
      }
      for (int set = 1; set <= all; set++) {
        if (Integer.bitCount(set) < 2) {
          continue;
        }
        for (int left = (set - 1) & set; left > 0; left = (left - 1) & set) {
          int right = set ^ left;
          Plan candidate = combine(best, left, right);
          Plan there = best[set];
          if (candidate != null && (there == null || candidate.cost() < there.cost())) {
            best[set] = candidate;
          }
        }
      }
      return best[all];
    }

    private static Plan single(Node member) {
      return new Plan(member, Nodes.ids(member), 0);
    }

    /** A plan for both sets; null where there is none or it costs no less than the one there is. */
    private @Nullable Plan combine(Plan[] best, int left, int right) {
      Plan there = best[left | right];
      if (best[left] == null || Plan.isDear(best[left].cost(), there)) {
        return null;
      }
      if (Integer.bitCount(right) == 1) {
        Member member = members.get(Integer.numberOfTrailingZeros(right));
        JoinKind reducer = member.reducer();
        if (reducer != null) {
          return reduced(best[left], member, reducer);
        }
      }
      // Each pair of relations once.
      if (best[right] == null || left < right) {
        return null;
      }
      boolean oneRow =
          estimator.rows(best[left].node()) <= 1 || estimator.rows(best[right].node()) <= 1;
      return oneRow || areConnected(left, right)
          ? joined(best[left], best[right], oneRow, there)
          : null;
    }

    private @Nullable Plan reduced(Plan left, Member reducer, JoinKind kind) {
      BitSet fields = Nodes.ids(reducer.node());
      BitSet available = (BitSet) left.fields().clone();
      available.or(fields);
      for (Expression conjunct : reducer.conjuncts()) {
        if (!Expressions.within(conjunct, available)) {
          return null;
        }
      }
      Node node = new Node.Join(left.node(), reducer.node(), kind, reducer.conjuncts(), null);
      Estimate l = estimator.of(left.node());
      Estimate r = estimator.of(reducer.node());
      boolean hashed =
          reducer.conjuncts().stream()
              .anyMatch(c -> Estimator.equality(c, left.fields(), fields) != null);
      double work = hashed ? l.rows() + BUILD_COST * r.rows() : l.rows() * r.rows() * PAIR_COST;
      return new Plan(node, left.fields(), left.cost() + work + estimator.rows(node));
    }

    /**
     * A join of the two, if they are connected.
     *
     * @param products whether they are joined even if they are not
     * @param there what it must cost less than, or null
     */
    private @Nullable Plan joined(Plan a, Plan b, boolean products, @Nullable Plan there) {
      double inputs = a.cost() + b.cost();
      if (Plan.isDear(inputs, there)) {
        return null;
      }
      List<Expression> conjuncts = between(a.fields(), b.fields());
      if (conjuncts.isEmpty() && !products) {
        return null;
      }
      boolean swap = estimator.rows(a.node()) < estimator.rows(b.node());
      Plan left = swap ? b : a;
      Plan right = swap ? a : b;
      boolean hashed = conjuncts.stream().anyMatch(c -> isKey(c, left.fields(), right.fields()));
      double probe = estimator.rows(left.node());
      double build = estimator.rows(right.node());
      double work =
          hashed ? probe + BUILD_COST * build : Math.max(probe, 1) * Math.max(build, 1) * PAIR_COST;
      if (Plan.isDear(inputs + work, there)) {
        return null;
      }
      Node node = new Node.Join(left.node(), right.node(), JoinKind.INNER, conjuncts, null);
      BitSet fields = (BitSet) left.fields().clone();
      fields.or(right.fields());
      return new Plan(node, fields, inputs + work + estimator.rows(node));
    }

    /** The conditions that can be checked as soon as the two meet, and not before. */
    private List<Expression> between(BitSet left, BitSet right) {
      List<Expression> conjuncts = new ArrayList<>();
      for (List<Integer> equal : classes) {
        ColumnReference l = first(equal, left);
        ColumnReference r = first(equal, right);
        if (l != null && r != null) {
          conjuncts.add(Expressions.equal(l, r));
        }
      }
      BitSet both = (BitSet) left.clone();
      both.or(right);
      for (Edge edge : edges) {
        BitSet missing = (BitSet) edge.fields().clone();
        missing.andNot(both);
        if (missing.isEmpty()
            && !contains(left, edge.fields())
            && !contains(right, edge.fields())) {
          conjuncts.add(edge.condition());
        }
      }
      return conjuncts;
    }

    private @Nullable ColumnReference first(List<Integer> equal, BitSet fields) {
      for (int field : equal) {
        if (fields.get(field)) {
          return columns.get(field);
        }
      }
      return null;
    }

    /** Joins the two with the least result, again and again; products last. */
    private Plan greedy() {
      List<Plan> plans = new ArrayList<>();
      List<Member> reducers = new ArrayList<>();
      for (Member member : members) {
        if (member.reducer() == null) {
          plans.add(single(member.node()));
        } else {
          reducers.add(member);
        }
      }
      reduceAll(plans, reducers);
      while (plans.size() > 1) {
        Plan least = null;
        int first = -1;
        int second = -1;
        for (boolean products : new boolean[] {false, true}) {
          for (int i = 0; i < plans.size() && (least == null || !products); i++) {
            for (int j = i + 1; j < plans.size(); j++) {
              Plan candidate = joined(plans.get(i), plans.get(j), products, null);
              if (candidate != null
                  && (least == null
                      || estimator.rows(candidate.node()) < estimator.rows(least.node()))) {
                least = candidate;
                first = i;
                second = j;
              }
            }
          }
          if (least != null) {
            break;
          }
        }
        if (least == null) {
          throw new IllegalStateException("no pair to join");
        }
        plans.remove(second);
        plans.remove(first);
        plans.add(least);
        reduceAll(plans, reducers);
      }
      return plans.get(0);
    }

    private void reduceAll(List<Plan> plans, List<Member> reducers) {
      for (Member reducer : List.copyOf(reducers)) {
        JoinKind kind = reducer.reducer();
        for (int i = 0; kind != null && i < plans.size(); i++) {
          Plan reduced = reduced(plans.get(i), reducer, kind);
          if (reduced != null) {
            plans.set(i, reduced);
            reducers.remove(reducer);
            break;
          }
        }
      }
    }
  }

  private static boolean contains(BitSet fields, BitSet some) {
    BitSet missing = (BitSet) some.clone();
    missing.andNot(fields);
    return missing.isEmpty();
  }

  /** Whether the two sides of an equality are of one side each: then it can be hashed. */
  private static boolean isKey(Expression condition, BitSet left, BitSet right) {
    if (condition instanceof Call call
        && (call.function() == ScalarFunction.EQUAL
            || call.function() == ScalarFunction.IS_NOT_DISTINCT)) {
      Expression a = call.arguments().get(0);
      Expression b = call.arguments().get(1);
      return Expressions.within(a, left) && Expressions.within(b, right)
          || Expressions.within(b, left) && Expressions.within(a, right);
    }
    return false;
  }
}
