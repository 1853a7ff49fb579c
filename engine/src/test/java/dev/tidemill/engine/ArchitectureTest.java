package dev.tidemill.engine;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Holds the picture of the modules in {@code docs/architecture.md}. */
final class ArchitectureTest {
  private static final String ROOT = "dev.tidemill.";

  /** By the package that holds a module: the packages of the modules it may use. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "foundation", Set.of(),
          "plan", Set.of("foundation"),
          "sql", Set.of("foundation"),
          "storage", Set.of("foundation"),
          "planner", Set.of("foundation", "plan", "sql", "storage"),
          "exec", Set.of("foundation", "plan", "storage"),
          "streaming", Set.of("foundation", "plan", "storage", "exec"),
          "engine", Set.of("foundation", "plan", "sql", "storage", "planner", "exec", "streaming"));

  /**
   * By the package of a library: the modules that may use it. A library that is not listed is
   * nobody's secret.
   */
  private static final Map<String, Set<String>> MAY_BE_USED_BY =
      Map.of(
          "org.apache.calcite.", Set.of("sql", "planner"),
          "org.apache.parquet.", Set.of("storage"),
          "org.apache.hadoop.", Set.of());

  private static final Set<String> EMPTY_NAMES =
      Set.of("util", "utils", "impl", "common", "helper", "helpers", "manager");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.tidemill");

  @Test
  void modulesUseOnlyWhatLiesBelowThem() {
    check(
        "use only the modules below their own",
        dependency -> {
          @Nullable String target = moduleOf(dependency.getTargetClass());
          if (target == null) {
            return true;
          }
          String origin = String.valueOf(moduleOf(dependency.getOriginClass()));
          return target.equals(origin) || MAY_USE.getOrDefault(origin, Set.of()).contains(target);
        });
  }

  @Test
  void everyPackageBelongsToAModule() {
    Set<String> modules = new TreeSet<>();
    CLASSES.forEach(type -> modules.add(String.valueOf(moduleOf(type))));
    modules.removeAll(MAY_USE.keySet());
    Assertions.assertEquals(Set.of(), modules, "packages of no module");
  }

  @Test
  void librariesStayWhereTheyBelong() {
    check(
        "use a library only where it belongs",
        dependency ->
            MAY_BE_USED_BY.entrySet().stream()
                .filter(
                    library ->
                        dependency
                            .getTargetClass()
                            .getBaseComponentType()
                            .getName()
                            .startsWith(library.getKey()))
                .allMatch(
                    library ->
                        library
                            .getValue()
                            .contains(String.valueOf(moduleOf(dependency.getOriginClass())))));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.tidemill.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void packagesAreNamedForTheirSubject() {
    List<String> found =
        packages()
            .map(JavaPackage::getName)
            .filter(name -> List.of(name.split("\\.")).stream().anyMatch(EMPTY_NAMES::contains))
            .toList();
    Assertions.assertEquals(List.of(), found, "packages whose name says nothing");
  }

  @Test
  void packagesAreNullMarked() {
    List<String> found =
        packages()
            .filter(each -> !each.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .toList();
    Assertions.assertEquals(
        List.of(), found, "packages without a package-info.java that is @NullMarked");
  }

  private static Stream<JavaPackage> packages() {
    return CLASSES.stream().map(JavaClass::getPackage).distinct();
  }

  private static void check(String rule, Predicate<Dependency> isAllowed) {
    ArchRuleDefinition.classes()
        .should(
            new ArchCondition<>(rule) {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                  if (!isAllowed.test(dependency)) {
                    events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                  }
                }
              }
            })
        .check(CLASSES);
  }

  /** The part of the name after {@code dev.tidemill}, null for types of others. */
  private static @Nullable String moduleOf(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    if (!name.startsWith(ROOT)) {
      return null;
    }
    int end = name.indexOf('.', ROOT.length());
    return end < 0 ? "" : name.substring(ROOT.length(), end);
  }
}
