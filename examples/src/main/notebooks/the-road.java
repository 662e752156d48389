// %% [markdown]
// # The road
//
// From a class-conditional diffusion model to a denoising autoencoder, one change a step (the paper's Tab. 1 to 3). A step is a function
// from recipe to recipe; `diff` says what it changed.

// %%
import org.ldae.deconstruction.*;
import org.ldae.models.*;

Recipe recipe = Preset.tiny().baseline();
Recipe walk(String name) {
    Step step = Deconstruction.step(name);
    Recipe next = step.apply(recipe);
    System.out.println(step.change());
    java.util.Map<String, String> changes = recipe.diff(next);
    changes.forEach((path, change) -> {
        if (path.chars().filter(c -> c == '.').count() < 2) { // a tokenizer's own training is left out
            System.out.println("  " + path + ": " + change);
        }
    });
    step.published().ifPresent(numbers -> System.out.println("  the paper's probe: " + numbers.accuracy() + " %"));
    return recipe = next;
}
System.out.println(recipe.objective() + " on " + recipe.tokenizer().name());

// %% [markdown]
// ## Away from generation

// %%
walk("no-labels");

// %%
walk("linear-schedule");

// %% [markdown]
// ## A simple tokenizer

// %%
walk("patch-vae");

// %%
walk("patch-ae");

// %%
walk("patch-pca");

// %% [markdown]
// ## Towards a denoising autoencoder

// %%
walk("predict-clean");

// %%
walk("no-input-scaling");

// %%
walk("image-input");
walk("image-output");

// %%
walk("original-image");
System.out.println("which is " + recipe.diff(Recipe.latentDAE(recipe.tokenizer()).withDenoiser(recipe.denoiser()).withTraining(recipe.training())).size()
        + " changes from Recipe.latentDAE");
