package org.ldae.models;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.core.Progress;
import org.ldae.training.AdamW;
import org.nd4j.linalg.factory.Nd4j;

/** The library's floors: which package may use which, and what no class may do. */
class ArchitectureTest {

    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.ldae");

    @ParameterizedTest
    @CsvSource({
        "core, ''",
        "noise, core",
        "linalg, core compute",
        "runlog, core",
        "checkpoint, core",
        "compute, ''",
        "data, core checkpoint",
        "probe, core compute linalg",
        "nn, core compute",
        "inference, core compute data nn",
        "training, core compute data nn checkpoint",
        "perceptual, core data compute nn checkpoint training inference",
        "tokenizers, core data compute nn linalg inference training perceptual",
        "figures, core tokenizers",
        "transformer, core compute nn",
        "unet, core compute nn",
        "samediff, core compute nn",
        "front, core compute data nn linalg training",
        "objective, core noise compute nn tokenizers",
        "models, core noise data compute nn checkpoint training perceptual inference tokenizers transformer unet front"
                + " objective",
        "exchange, core noise data compute nn checkpoint probe training inference tokenizers transformer objective"
                + " models",
        "sampling, core noise data compute nn linalg inference perceptual tokenizers objective models",
        "deconstruction, core noise nn data training perceptual tokenizers transformer front objective models",
        "study, core noise data compute nn checkpoint training inference perceptual tokenizers transformer unet models"
                + " objective baselines sampling figures probe deconstruction",
        "evaluation, core data compute training probe inference tokenizers baselines",
        "baselines, core data compute nn linalg probe training inference tokenizers transformer models front",
        "report, core noise data training inference perceptual tokenizers transformer models figures deconstruction"
                + " study evaluation"
    })
    void aPackageUsesOnlyTheFloorsBelow(String name, String below) {
        String own = "org.ldae." + name + "..";
        assertTrue(LIBRARY.stream().anyMatch(resideInAPackage(own)), "no classes in " + own);
        String[] allowed = Stream.concat(Stream.of(name), Arrays.stream(below.split(" ")))
                .filter(each -> !each.isEmpty())
                .map(each -> "org.ldae." + each + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(resideInAPackage("org.ldae..").and(not(resideInAnyPackage(allowed))))
                .check(LIBRARY);
    }

    /** Rooms of implementation: their classes are public only for the sake of their neighbours. */
    @ParameterizedTest
    @CsvSource({"data.decoding, data", "data.sources, data", "data.sets, data"})
    void implementationRoomsAreUsedByTheirFloorAlone(String room, String floor) {
        noClasses()
                .that(not(resideInAPackage("org.ldae." + floor + "..")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.ldae." + room + ".."))
                .check(LIBRARY);
    }

    @Test
    void picturesAreDecodedWithoutKnowingSourcesOrSets() {
        noClasses()
                .that(resideInAPackage("org.ldae.data.decoding"))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.ldae.data.sources", "org.ldae.data.sets"))
                .check(LIBRARY);
        noClasses()
                .that(resideInAPackage("org.ldae.data.sources"))
                .should()
                .dependOnClassesThat(resideInAPackage("org.ldae.data.sets"))
                .check(LIBRARY);
    }

    @Test
    void implementationsOfKernelsAreKnownToTheComputeFloorOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.ldae.compute..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.ldae.compute.cpu..", "org.ldae.compute.portable..")
                .check(LIBRARY);
    }

    /** Types that a user or an implementer needs; a number grows on purpose only. */
    private static final Map<String, Integer> PUBLIC_TYPES = Map.ofEntries(
            entry("baselines", 5),
            entry("checkpoint", 5),
            entry("compute", 13),
            entry("compute.cpu", 2),
            entry("compute.portable", 1),
            entry("core", 15),
            entry("data", 17),
            entry("data.decoding", 9),
            entry("data.sets", 5),
            entry("data.sources", 13),
            entry("deconstruction", 5),
            entry("evaluation", 9),
            entry("exchange", 3),
            entry("figures", 6),
            entry("front", 2),
            entry("inference", 10),
            entry("linalg", 5),
            entry("models", 9),
            entry("nn", 10),
            entry("nn.conv", 7),
            entry("noise", 8),
            entry("objective", 4),
            entry("perceptual", 5),
            entry("probe", 15),
            entry("report", 2),
            entry("runlog", 1),
            entry("samediff", 2),
            entry("sampling", 12),
            entry("study", 15),
            entry("tokenizers", 9),
            entry("tokenizers.conv", 7),
            entry("tokenizers.linear", 5),
            entry("training", 23),
            entry("transformer", 8),
            entry("unet", 1));

    @Test
    void everyPackageIsListedWithItsPublicTypes() {
        Map<String, Integer> counted = new TreeMap<>();
        for (JavaClass each : LIBRARY) {
            if (!each.getSimpleName().equals("package-info")) {
                boolean seen = each.isTopLevelClass() && each.getModifiers().contains(JavaModifier.PUBLIC);
                counted.merge(each.getPackageName().substring("org.ldae.".length()), seen ? 1 : 0, Integer::sum);
            }
        }
        counted.keySet().removeIf(name -> name.startsWith("bench"));
        assertEquals(new TreeMap<>(PUBLIC_TYPES), counted);
    }

    /** A caller would mix them up. AdamW's have PyTorch's order, and are named so in files. */
    @Test
    void noRecordHasFourDoublesInARow() {
        List<String> found = LIBRARY.stream()
                .filter(JavaClass::isRecord)
                .filter(each -> Arrays.stream(each.reflect().getRecordComponents())
                        .map(component -> component.getType() == double.class ? "d" : "-")
                        .collect(Collectors.joining())
                        .contains("dddd"))
                .map(JavaClass::getName)
                .toList();
        assertEquals(List.of(AdamW.Options.class.getName()), found);
    }

    @Test
    void whatATokenizerIsKnowsNoTokenizer() {
        noClasses()
                .that()
                .resideInAPackage("org.ldae.tokenizers")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.ldae.tokenizers.linear", "org.ldae.tokenizers.conv")
                .check(LIBRARY);
        noClasses()
                .that()
                .resideInAPackage("org.ldae.tokenizers.linear")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.ldae.tokenizers.conv")
                .check(LIBRARY);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("org.ldae.(*)..").should().beFreeOfCycles().check(LIBRARY);
    }

    @Test
    void onlyTheConsoleProgressPrints() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Progress.class)
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(LIBRARY);
    }

    @Test
    void noClassCollectsGarbageOrEndsTheProcess() {
        noClasses()
                .should()
                .callMethod(System.class, "gc")
                .orShould()
                .callMethod(Runtime.class, "gc")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(LIBRARY);
    }

    @Test
    void noClassChangesGlobalSettingsOfNd4j() {
        Set<String> setters =
                Set.of("setDefaultDataTypes", "setDefaultFloatingPointDataType", "setDataType", "setRandom", "setSeed");
        noClasses()
                .should()
                .callMethodWhere(describe(
                        "sets something global of ND4J",
                        call -> call.getTargetOwner().getPackageName().startsWith("org.nd4j")
                                && setters.contains(call.getTarget().getName())))
                .check(LIBRARY);
    }

    @Test
    void noClassDrawsFromNd4jsGenerator() {
        classes()
                .should()
                .onlyCallMethodsThat(describe(
                        "don't draw from ND4J's generator",
                        method -> !method.getOwner().isEquivalentTo(Nd4j.class)
                                || !method.getName().startsWith("rand")))
                .check(LIBRARY);
    }
}
