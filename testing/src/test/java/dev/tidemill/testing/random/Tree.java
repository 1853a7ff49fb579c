package dev.tidemill.testing.random;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A piece of SQL as a tree that can be made smaller: an optional piece may go, an item of a list
 * may go, a piece may be replaced by one of its own sort within it, or by the least of its sort.
 * Whether what comes out still is SQL is for both engines to say.
 *
 * @param sort what it may be replaced by: pieces of the same sort
 * @param separator between its parts; null where the parts are not the items of a list
 * @param fewest items of a list
 */
record Tree(
    String sort, boolean optional, @Nullable String separator, int fewest, List<Part> parts) {
  /** Text or a smaller tree. */
  sealed interface Part {}

  /** Text, as Tidemill and as DuckDB write it. */
  record Word(String ours, String theirs) implements Part {}

  /** A tree as a part of another. */
  record Branch(Tree tree) implements Part {}

  Tree {
    parts = List.copyOf(parts);
  }

  /** A piece of texts, {@link Word}s and trees. */
  static Tree of(String sort, Object... parts) {
    return new Tree(sort, false, null, 0, parts(List.of(parts)));
  }

  /** A piece that can be left out. */
  static Tree optional(Object... parts) {
    return new Tree("clause", true, null, 0, parts(List.of(parts)));
  }

  static Tree list(String separator, int fewest, List<Tree> items) {
    return new Tree("list", false, separator, fewest, parts(items));
  }

  static Tree list(List<Tree> items) {
    return list(", ", 1, items);
  }

  static Tree nothing() {
    return of("nothing");
  }

  static Word word(String ours, String theirs) {
    return new Word(ours, theirs);
  }

  private static List<Part> parts(List<?> parts) {
    List<Part> made = new ArrayList<>();
    for (Object part : parts) {
      made.add(
          switch (part) {
            case Tree tree -> new Branch(tree);
            case Part known -> known;
            default -> new Word(part.toString(), part.toString());
          });
    }
    return made;
  }

  /** As Tidemill writes it. */
  String ours() {
    return text(true);
  }

  /** As DuckDB writes it. */
  String theirs() {
    return text(false);
  }

  private String text(boolean ours) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (separator != null && !text.isEmpty()) {
        text.append(separator);
      }
      switch (part) {
        case Word word -> text.append(ours ? word.ours() : word.theirs());
        case Branch branch -> text.append(branch.tree().text(ours));
      }
    }
    return text.toString();
  }

  /** The items of a list, or all trees right below. */
  List<Tree> trees() {
    List<Tree> trees = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Branch branch) {
        trees.add(branch.tree());
      }
    }
    return trees;
  }

  /** Every tree that is one step smaller, those that lose most first. */
  List<Tree> smaller() {
    List<Tree> candidates = new ArrayList<>();
    smaller(whole -> whole, candidates);
    int length = ours().length();
    candidates.removeIf(candidate -> candidate.ours().length() >= length);
    candidates.sort((a, b) -> Integer.compare(a.ours().length(), b.ours().length()));
    return candidates;
  }

  private void smaller(UnaryOperator<Tree> whole, List<Tree> candidates) {
    if (optional && !parts.isEmpty()) {
      candidates.add(whole.apply(new Tree(sort, true, separator, 0, List.of())));
    }
    if (separator != null) {
      int chunk = parts.size() / 2;
      while (chunk > 0) {
        for (int from = 0; from + chunk <= parts.size(); from += chunk) {
          if (parts.size() - chunk >= fewest) {
            List<Part> left = new ArrayList<>(parts);
            left.subList(from, from + chunk).clear();
            candidates.add(whole.apply(new Tree(sort, optional, separator, fewest, left)));
          }
        }
        chunk /= 2;
      }
    }
    for (Tree inner : nearest(sort)) {
      candidates.add(whole.apply(inner));
    }
    String least = Kind.least(sort);
    if (least != null && !parts.isEmpty()) {
      candidates.add(whole.apply(of(sort, least)));
    }
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof Branch branch) {
        int place = i;
        branch.tree().smaller(tree -> whole.apply(with(place, tree)), candidates);
      }
    }
  }

  private Tree with(int place, Tree tree) {
    List<Part> changed = new ArrayList<>(parts);
    changed.set(place, new Branch(tree));
    return new Tree(sort, optional, separator, fewest, changed);
  }

  /** The pieces of a sort within this one that have none of the sort around them. */
  private List<Tree> nearest(String wanted) {
    List<Tree> found = new ArrayList<>();
    for (Tree tree : trees()) {
      if (tree.sort.equals(wanted)) {
        found.add(tree);
      } else {
        found.addAll(tree.nearest(wanted));
      }
    }
    return found;
  }
}
