package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What names stand for. The database's own tables and views live in {@code tidemill.main} and are
 * kept in the database directory, where there is one; the engine registers tables that others keep
 * (results of standing queries); read-only catalogs come from {@link SchemaProvider}s. Names keep
 * their case and match in any.
 *
 * <p>Safe for use by many threads.
 */
public final class Catalog {
  /** The catalog of the database's own tables. */
  public static final String DATABASE = "tidemill";

  /** Its schema. */
  public static final String MAIN = "main";

  /**
   * First part of the path of files in place; the second is the path, a file, glob or directory.
   */
  public static final String FILES = "$files";

  private static final String REJECTED = "$rejected";

  private final ConnectorContext context;
  private final Map<String, Connector> connectors = new LinkedHashMap<>();
  private final Map<String, SchemaProvider> providers = new LinkedHashMap<>();
  private final @Nullable CatalogFile file;
  private final @Nullable StatisticsFile statisticsFile;
  private final Map<String, AnalyzedTable> analyzed = new TreeMap<>();
  private final AtomicLong version = new AtomicLong();
  private final Map<String, TableDefinition> definitions = new TreeMap<>();
  private final Map<String, ViewDefinition> views = new TreeMap<>();
  private final Map<String, FunctionDefinition> functions = new TreeMap<>();

  /** Those of CREATE TEMPORARY FUNCTION. */
  private final Map<String, FunctionDefinition> temporaryFunctions = new TreeMap<>();

  private Supplier<OfferedFunctions> functionServices = () -> OfferedFunctions.NONE;
  private @Nullable Map<String, FunctionDefinition> offered;
  private @Nullable TidemillException brokenOffer;
  private final Map<String, CatalogEntry.TableEntry> open = new LinkedHashMap<>();
  private final Map<String, CatalogEntry.TableEntry> registered = new TreeMap<>();
  private final Map<String, Unreadable> unreadable = new TreeMap<>();

  /** By the end of their names, tables that somebody else keeps beside what has a name. */
  private final Map<String, Function<String, @Nullable Table>> beside = new TreeMap<>();

  /** Tables that are being created, by key. */
  private final Set<String> beginning = new HashSet<>();

  /** A registered table that cannot be read, and the error that says why. */
  private record Unreadable(TableDefinition definition, Supplier<TidemillException> cause) {}

  /**
   * Opens the catalog of {@code context}'s database directory, or an empty one.
   *
   * @throws dev.tidemill.foundation.error.TidemillException CATALOG_DAMAGED,
   *     CATALOG_VERSION_UNKNOWN
   */
  public Catalog(ConnectorContext context) {
    this.context = context;
    for (Connector connector : ServiceLoader.load(Connector.class)) {
      connectors.put(connector.name(), connector);
    }
    for (SchemaProvider provider : ServiceLoader.load(SchemaProvider.class)) {
      addProvider(provider);
    }
    if (context.databaseDirectory() == null) {
      file = null;
      statisticsFile = null;
    } else {
      file = new CatalogFile(context.files(), context.databaseDirectory());
      CatalogFile.Content content = file.read();
      content.tables().forEach(t -> definitions.put(key(t.name()), t));
      content.views().forEach(v -> views.put(key(v.name()), v));
      content.functions().forEach(f -> functions.put(key(f.name()), f));
      statisticsFile = new StatisticsFile(context.files(), context.databaseDirectory());
      statisticsFile.read().forEach(t -> analyzed.put(key(t.table()), t));
    }
  }

  public void addProvider(SchemaProvider provider) {
    version.incrementAndGet();
    providers.put(key(provider.catalog()), provider);
  }

  /** The connectors there are, by name. */
  public Map<String, Connector> connectors() {
    return Map.copyOf(connectors);
  }

  /**
   * What {@code name} (one to three parts) stands for, seen from {@code current}, or null. A path
   * that starts with {@link #FILES} opens the files in place. Opens the table if need be.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if the table is there but cannot be
   *     opened
   */
  public @Nullable CatalogEntry find(List<String> name, Namespace current) {
    if (name.get(0).equals(FILES)) {
      return filesInPlace(name);
    }
    return switch (name.size()) {
      case 1 -> findIn(current.catalog(), current.schema(), name.get(0));
      case 2 -> {
        CatalogEntry within = findIn(current.catalog(), name.get(0), name.get(1));
        yield within == null ? findIn(DATABASE, name.get(0), name.get(1)) : within;
      }
      case 3 -> findIn(name.get(0), name.get(1), name.get(2));
      default -> null;
    };
  }

  private @Nullable CatalogEntry findIn(String catalog, String schema, String name) {
    if (key(catalog).equals(DATABASE) && key(schema).equals(MAIN)) {
      return findOwn(name);
    }
    SchemaProvider provider = providers.get(key(catalog));
    CatalogEntry found = provider == null ? null : provider.find(schema, name);
    if (found == null && key(catalog).equals(DATABASE)) {
      SchemaProvider bySchema = providers.get(key(schema));
      found = bySchema == null ? null : bySchema.find(schema, name);
    }
    return found;
  }

  private synchronized @Nullable CatalogEntry findOwn(String name) {
    String key = key(name);
    CatalogEntry.TableEntry entry = registered.get(key);
    if (entry != null) {
      return entry;
    }
    Unreadable without = unreadable.get(key);
    if (without != null) {
      throw without.cause().get();
    }
    ViewDefinition view = views.get(key);
    if (view != null) {
      return new CatalogEntry.ViewEntry(List.of(DATABASE, MAIN, view.name()), view);
    }
    TableDefinition definition = definitions.get(key);
    if (definition == null) {
      if (key.endsWith(REJECTED)) {
        CatalogEntry rejected = findRejected(name.substring(0, name.length() - REJECTED.length()));
        return rejected == null ? findBeside(name) : rejected;
      }
      CatalogEntry besides = findBeside(name);
      if (besides != null) {
        return besides;
      }
      return key.endsWith(LateRows.SUFFIX)
          ? findLate(name.substring(0, name.length() - LateRows.SUFFIX.length()))
          : findVersion(name);
    }
    entry = open.get(key);
    if (entry == null) {
      entry = open(definition);
      open.put(key, entry);
    }
    return entry;
  }

  /** {@code t$rejected}: the rows that reading t left out, where it can leave out any. */
  private @Nullable CatalogEntry findRejected(String name) {
    if (!(findOwn(name) instanceof CatalogEntry.TableEntry entry)) {
      return null;
    }
    Table rejected = entry.table().rejected();
    if (rejected == null) {
      return null;
    }
    String full = entry.definition().name() + REJECTED;
    TableDefinition definition =
        new TableDefinition(
            full, List.of(), null, List.of(), false, Map.of(), entry.definition().sql());
    return new CatalogEntry.TableEntry(List.of(DATABASE, MAIN, full), definition, rejected);
  }

  private @Nullable CatalogEntry findBeside(String name) {
    int end = name.lastIndexOf('$');
    Function<String, @Nullable Table> tables =
        end < 0 ? null : beside.get(key(name.substring(end)));
    Table table = tables == null ? null : tables.apply(name.substring(0, end));
    return table == null
        ? null
        : new CatalogEntry.TableEntry(
            List.of(DATABASE, MAIN, name),
            new TableDefinition(name, List.of(), null, List.of(), false, Map.of(), ""),
            table);
  }

  /** {@code t$late}: the rows of t that came too late, where it has a watermark. */
  private @Nullable CatalogEntry findLate(String name) {
    CatalogEntry.TableEntry entry = open.get(key(name + LateRows.SUFFIX));
    TableDefinition definition = definitions.get(key(name));
    if (entry == null
        && definition != null
        && definition.watermark() != null
        && findOwn(name) instanceof CatalogEntry.TableEntry of) {
      entry = open(LateRows.definition(definition, of.table().schema(), ownConnector()));
      open.put(key(name + LateRows.SUFFIX), entry);
    }
    return entry;
  }

  private boolean isLate(String key) {
    TableDefinition of =
        key.endsWith(LateRows.SUFFIX)
            ? definitions.get(key.substring(0, key.length() - LateRows.SUFFIX.length()))
            : null;
    return of != null && of.watermark() != null;
  }

  /** The late rows of a table that is dropped or defined anew go with it. */
  private void dropLate(TableDefinition definition) {
    open.remove(key(definition.name() + LateRows.SUFFIX));
    if (definition.watermark() != null) {
      TableDefinition late = LateRows.definition(definition, new Schema(List.of()), ownConnector());
      connector(late).dropped(late, context);
    }
  }

  /** The late rows of a table at a full path as a table, or null where it has none. */
  public synchronized @Nullable Table late(List<String> path) {
    return path.size() == 3
            && path.get(0).equals(DATABASE)
            && findLate(path.getLast()) instanceof CatalogEntry.TableEntry late
        ? late.table()
        : null;
  }

  /** What a table that keeps snapshots has beside itself, by the names of {@link TableVersions}. */
  private @Nullable CatalogEntry findVersion(String name) {
    TableVersions version = TableVersions.parse(name);
    if (version == null || !(findOwn(version.table()) instanceof CatalogEntry.TableEntry entry)) {
      return null;
    }
    Table table = version.open(entry.table());
    return table == null
        ? null
        : new CatalogEntry.TableEntry(
            List.of(DATABASE, MAIN, name), version.definition(name, entry.definition()), table);
  }

  private CatalogEntry.TableEntry open(TableDefinition definition) {
    return new CatalogEntry.TableEntry(
        List.of(DATABASE, MAIN, definition.name()),
        definition,
        connector(definition).open(Secrets.resolve(definition), context));
  }

  private Connector connector(TableDefinition definition) {
    String name = definition.connector();
    if (name == null) {
      name = ownConnector();
    }
    Connector connector = connectors.get(name);
    if (connector == null) {
      throw CatalogErrors.unknownConnector(name, connectors.keySet());
    }
    return connector;
  }

  /** The connector of tables of the database itself. */
  private String ownConnector() {
    return context.databaseDirectory() == null ? "memory" : "database";
  }

  private CatalogEntry.TableEntry filesInPlace(List<String> name) {
    FilesInPlace files =
        name.size() == 2 ? FilesInPlace.PLAIN : FilesInPlace.parse(name.get(name.size() - 2));
    TableDefinition definition = files.definition(name.getLast(), new Schema(List.of()));
    Table table = connector(definition).open(definition, context);
    if (files.changesColumns()) {
      definition = files.definition(name.getLast(), table.schema());
      table = connector(definition).open(definition, context);
    }
    return new CatalogEntry.TableEntry(name, definition, table);
  }

  /**
   * The table at a full path, as {@link CatalogEntry#path()} gave it.
   *
   * @throws dev.tidemill.foundation.error.TidemillException TABLE_NOT_FOUND
   */
  public CatalogEntry.TableEntry table(List<String> path) {
    CatalogEntry entry = find(path, Namespace.DEFAULT);
    if (entry instanceof CatalogEntry.TableEntry table) {
      return table;
    }
    throw CatalogErrors.tableNotFound(String.join(".", path), List.of());
  }

  /**
   * Adds a table after opening it once, so that a definition that cannot be opened is not kept.
   *
   * @return whether it is new: with {@code ifNotExists}, or where an equal definition is there,
   *     nothing happens
   * @throws dev.tidemill.foundation.error.TidemillException TABLE_ALREADY_EXISTS,
   *     TABLE_DEFINITION_CHANGED
   */
  public boolean createTable(TableDefinition definition, boolean ifNotExists) {
    return createTable(definition, ifNotExists, table -> {});
  }

  /**
   * Adds a table with its first rows, which {@code filling} writes: a table that is there after a
   * crash has them.
   */
  public boolean createTable(
      TableDefinition definition, boolean ifNotExists, Consumer<CatalogEntry.TableEntry> filling) {
    CatalogEntry.TableEntry entry = begin(definition, ifNotExists);
    if (entry == null) {
      return false;
    }
    try {
      filling.accept(entry);
      add(definition, entry);
      return true;
    } catch (RuntimeException | Error e) {
      try {
        connector(definition).dropped(definition, context);
      } catch (TidemillException left) {
        e.addSuppressed(left);
      }
      throw e;
    } finally {
      ended(definition);
    }
  }

  private synchronized void ended(TableDefinition definition) {
    beginning.remove(key(definition.name()));
  }

  private synchronized void add(TableDefinition definition, CatalogEntry.TableEntry entry) {
    checkFree(definition.name());
    change(definitions, key(definition.name()), definition);
    open.put(key(definition.name()), entry);
    version.incrementAndGet();
  }

  /** Opens a table that is to be added, or gives null where it is there. */
  private synchronized CatalogEntry.@Nullable TableEntry begin(
      TableDefinition definition, boolean ifNotExists) {
    String key = key(definition.name());
    TableDefinition there = definitions.get(key);
    if (there != null && (ifNotExists || there.sql().equals(definition.sql()))) {
      return null;
    }
    if (there != null) {
      throw CatalogErrors.differs(definition.name(), there.sql(), definition.sql());
    }
    checkFree(definition.name());
    if (definition.watermark() != null) {
      checkFree(definition.name() + LateRows.SUFFIX);
    }
    if (!beginning.add(key)) {
      throw CatalogErrors.exists(definition.name());
    }
    try {
      connector(definition).creating(Secrets.resolve(definition), context);
      return open(definition);
    } catch (RuntimeException | Error e) {
      ended(definition);
      throw e;
    }
  }

  /**
   * Replaces a definition (ALTER TABLE); the table is opened anew.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if it cannot be opened; the old one
   *     stays then
   */
  public synchronized void alterTable(TableDefinition definition) {
    String key = key(definition.name());
    CatalogEntry.TableEntry entry = open(definition);
    TableDefinition before = definitions.get(key);
    change(definitions, key, definition);
    open.put(key, entry);
    version.incrementAndGet();
    if (before != null) {
      dropLate(before);
    }
  }

  /** Grows with every change of what names mean, or of what is known of tables. */
  public long version() {
    return version.get();
  }

  /** Adds a view; see {@link #createTable}. */
  public synchronized boolean createView(
      ViewDefinition view, boolean replace, boolean ifNotExists) {
    String key = key(view.name());
    ViewDefinition there = views.get(key);
    if (there != null && (ifNotExists || there.sql().equals(view.sql()))) {
      return false;
    }
    if (there == null || !replace) {
      checkFree(view.name());
    }
    change(views, key, view);
    return true;
  }

  /**
   * Says that {@code name} is taken.
   *
   * @throws dev.tidemill.foundation.error.TidemillException TABLE_ALREADY_EXISTS
   */
  public synchronized void checkFree(String name) {
    String key = key(name);
    if (definitions.containsKey(key)
        || isLate(key)
        || views.containsKey(key)
        || registered.containsKey(key)
        || unreadable.containsKey(key)) {
      throw CatalogErrors.exists(name);
    }
  }

  /** Forgets a table's definition and tells its connector; false if there is none. */
  public synchronized boolean dropTable(String name) {
    String key = key(name);
    TableDefinition definition = definitions.get(key);
    if (definition == null) {
      return false;
    }
    change(definitions, key, null);
    open.remove(key);
    if (analyzed.remove(key) != null) {
      keepStatistics();
    }
    dropLate(definition);
    connector(definition).dropped(definition, context);
    return true;
  }

  /** Keeps what ANALYZE TABLE found, in place of what was known before. */
  public synchronized void analyzed(AnalyzedTable table) {
    analyzed.put(key(table.table()), table);
    keepStatistics();
  }

  private void keepStatistics() {
    version.incrementAndGet();
    if (statisticsFile != null) {
      statisticsFile.write(List.copyOf(analyzed.values()));
    }
  }

  /** What ANALYZE TABLE found in the database's own table of this name, or null. */
  public synchronized @Nullable AnalyzedTable analyzed(String name) {
    return analyzed.get(key(name));
  }

  /** What a table says of itself, with what ANALYZE TABLE found in it. */
  public TableStatistics statistics(CatalogEntry.TableEntry entry) {
    TableStatistics now = entry.table().statistics();
    boolean own = entry.path().size() == 3 && entry.path().get(0).equals(DATABASE);
    AnalyzedTable known = own ? analyzed(entry.definition().name()) : null;
    return known == null || !known.definition().equals(entry.definition().sql())
        ? now
        : known.with(now);
  }

  /** Forgets a view; false if there is none. */
  public synchronized boolean dropView(String name) {
    boolean there = views.containsKey(key(name));
    if (there) {
      change(views, key(name), null);
    }
    return there;
  }

  /**
   * Adds a table that somebody else keeps, under {@code tidemill.main}; replaces one registered
   * before.
   */
  public synchronized void register(TableDefinition definition, Table table) {
    version.incrementAndGet();
    registered.put(
        key(definition.name()),
        new CatalogEntry.TableEntry(List.of(DATABASE, MAIN, definition.name()), definition, table));
  }

  /**
   * Adds tables that somebody else keeps beside what has a name, where nothing else is called so.
   *
   * @param suffix from a {@code $} on
   * @param tables gives the one beside what is called without the suffix, or null
   */
  public synchronized void addBeside(String suffix, Function<String, @Nullable Table> tables) {
    beside.put(key(suffix), tables);
  }

  /**
   * Adds a table as {@link #register} does, of which nothing but the definition can be had now.
   *
   * @param cause what looking it up fails of
   */
  public synchronized void registerUnreadable(
      TableDefinition definition, Supplier<TidemillException> cause) {
    version.incrementAndGet();
    unreadable.put(key(definition.name()), new Unreadable(definition, cause));
  }

  public synchronized void unregister(String name) {
    version.incrementAndGet();
    registered.remove(key(name));
    unreadable.remove(key(name));
  }

  /**
   * Adds functions that the class path offers; they are asked for when first a name is looked up
   * that nothing else has.
   */
  public synchronized void addFunctionServices(Supplier<OfferedFunctions> services) {
    functionServices = services;
    offered = null;
  }

  private Map<String, FunctionDefinition> offered() {
    Map<String, FunctionDefinition> known = offered;
    if (known == null) {
      known = new TreeMap<>();
      OfferedFunctions found = functionServices.get();
      for (FunctionDefinition function : found.functions()) {
        known.put(key(function.name()), function);
      }
      brokenOffer = found.broken();
      offered = known;
    }
    return known;
  }

  /** The user's function of this name, or null: a temporary one first, the class path's last. */
  public synchronized @Nullable FunctionDefinition function(String name) {
    FunctionDefinition found = temporaryFunctions.get(key(name));
    if (found == null) {
      found = functions.get(key(name));
    }
    return found == null ? offered().get(key(name)) : found;
  }

  /** Why there may be functions that {@link #function} does not know, or null if there are none. */
  public synchronized @Nullable TidemillException brokenOffer() {
    offered();
    return brokenOffer;
  }

  /** All functions of users that a name stands for, by name. */
  public synchronized List<FunctionDefinition> functionDefinitions() {
    Map<String, FunctionDefinition> all = new TreeMap<>(offered());
    all.putAll(functions);
    all.putAll(temporaryFunctions);
    return List.copyOf(all.values());
  }

  /**
   * Adds a function.
   *
   * @return whether it is new: with {@code ifNotExists}, or where an equal definition is there,
   *     nothing happens
   * @throws dev.tidemill.foundation.error.TidemillException FUNCTION_ALREADY_EXISTS
   */
  public synchronized boolean createFunction(
      FunctionDefinition function, boolean replace, boolean ifNotExists) {
    String key = key(function.name());
    boolean temporary = function.origin() == FunctionDefinition.Origin.TEMPORARY;
    Map<String, FunctionDefinition> own = temporary ? temporaryFunctions : functions;
    FunctionDefinition there = own.get(key);
    if (there == null && !temporary) {
      there = offered().get(key);
    }
    if (there != null && (ifNotExists || there.equals(function))) {
      if (replace) {
        // Its jar may have changed: plans that have its code are made anew.
        version.incrementAndGet();
      }
      return false;
    }
    if (there != null && !replace) {
      throw CatalogErrors.functionExists(there.name(), there.sql());
    }
    if (temporary) {
      version.incrementAndGet();
      temporaryFunctions.put(key, function);
    } else {
      change(functions, key, function);
    }
    return true;
  }

  /** Forgets a function, a temporary one first; false if there is none that was created. */
  public synchronized boolean dropFunction(String name) {
    String key = key(name);
    if (temporaryFunctions.remove(key) != null) {
      version.incrementAndGet();
      return true;
    }
    boolean there = functions.containsKey(key);
    if (there) {
      change(functions, key, null);
    }
    return there;
  }

  /** The database's own tables and views and the registered ones, by name. */
  public synchronized List<CatalogEntry> ownEntries() {
    List<CatalogEntry> entries = new ArrayList<>(registered.values());
    for (TableDefinition definition : definitions.values()) {
      CatalogEntry entry = findOwn(definition.name());
      if (entry != null) {
        entries.add(entry);
      }
    }
    for (ViewDefinition view : views.values()) {
      entries.add(new CatalogEntry.ViewEntry(List.of(DATABASE, MAIN, view.name()), view));
    }
    return entries;
  }

  /** Definitions of the database's own tables and the registered ones, by name; opens none. */
  public synchronized List<TableDefinition> tableDefinitions() {
    Map<String, TableDefinition> all = new TreeMap<>(definitions);
    registered.forEach((key, entry) -> all.put(key, entry.definition()));
    unreadable.forEach((key, entry) -> all.put(key, entry.definition()));
    return List.copyOf(all.values());
  }

  /** Definitions of the database's own views, by name. */
  public synchronized List<ViewDefinition> viewDefinitions() {
    return List.copyOf(views.values());
  }

  /** Names that a lookup of an unqualified name in {@code current} could find: for near misses. */
  public synchronized Collection<String> names(Namespace current) {
    List<String> names = new ArrayList<>();
    if (key(current.catalog()).equals(DATABASE)) {
      registered.values().forEach(e -> names.add(e.definition().name()));
      unreadable.values().forEach(e -> names.add(e.definition().name()));
      definitions.values().forEach(d -> names.add(d.name()));
      views.values().forEach(v -> names.add(v.name()));
    } else {
      SchemaProvider provider = providers.get(key(current.catalog()));
      if (provider != null) {
        names.addAll(provider.tables(current.schema()));
      }
    }
    return names;
  }

  /**
   * The namespace that {@code USE name} means: one part is a schema of the database or of {@code
   * current}'s catalog, or a catalog of one schema; two are catalog and schema.
   *
   * @throws dev.tidemill.foundation.error.TidemillException SCHEMA_NOT_FOUND
   */
  public Namespace namespace(List<String> name, Namespace current) {
    String first = key(name.get(0));
    if (name.size() == 1) {
      if (first.equals(DATABASE) || first.equals(MAIN)) {
        return Namespace.DEFAULT;
      }
      SchemaProvider here = providers.get(key(current.catalog()));
      if (here != null && !here.tables(first).isEmpty()) {
        return new Namespace(current.catalog(), first);
      }
      SchemaProvider provider = providers.get(first);
      if (provider != null && provider.schemas().size() == 1) {
        return new Namespace(first, provider.schemas().iterator().next());
      }
    } else if (name.size() == 2) {
      String second = key(name.get(1));
      if (first.equals(DATABASE) && second.equals(MAIN)) {
        return Namespace.DEFAULT;
      }
      SchemaProvider provider = providers.get(first);
      if (provider != null && !provider.tables(second).isEmpty()) {
        return new Namespace(first, second);
      }
    }
    throw CatalogErrors.schemaNotFound(String.join(".", name), schemaNames());
  }

  /** All schemas as {@code catalog.schema}. */
  public List<String> schemaNames() {
    List<String> names = new ArrayList<>();
    names.add(DATABASE + "." + MAIN);
    providers.values().forEach(p -> p.schemas().forEach(s -> names.add(p.catalog() + "." + s)));
    return names;
  }

  /** The read-only catalogs. */
  public Collection<SchemaProvider> providers() {
    return List.copyOf(providers.values());
  }

  /** Sets (or removes) a definition and keeps it; where that fails the old one stays. */
  private <D> void change(Map<String, D> of, String key, @Nullable D definition) {
    version.incrementAndGet();
    D before = definition == null ? of.remove(key) : of.put(key, definition);
    try {
      if (file != null) {
        file.write(
            List.copyOf(definitions.values()),
            List.copyOf(views.values()),
            List.copyOf(functions.values()));
      }
    } catch (RuntimeException e) {
      if (before == null) {
        of.remove(key);
      } else {
        of.put(key, before);
      }
      throw e;
    }
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
