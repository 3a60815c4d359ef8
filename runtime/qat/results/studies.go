package results

// Studies returns all studies in the order of RESULTS.md.
func Studies() []Study {
	return []Study{
		perceptrons("mnist", "MNIST", mnist, 64, 3, [4]float64{94.27, 97.29, 96.33, 96.03}),
		perceptrons("mnist", "MNIST", mnist, 256, 5, [4]float64{97.71, 98.34, 98.09, 97.87}),
		perceptrons("fashion", "Fashion-MNIST", fashion, 64, 3, [4]float64{}),
		perceptrons("fashion", "Fashion-MNIST", fashion, 256, 5, [4]float64{87.78, 89.07, 88.35, 88.39}),
		variants(),
		afterwards(),
		roads(),
		distillation(),
		lenet(),
		opticks(),
	}
}
